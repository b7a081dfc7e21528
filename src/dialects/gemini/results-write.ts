import { plainTextOf } from '../../canon/blocks.ts';
import type { ToolResultBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { fromResult } from '../../canon/prose.ts';
import { fieldsOf } from './ext.ts';
import { writeParts } from './parts-write.ts';
import type { Place, Writing } from './writing.ts';

/** A result's text, and what of it is more than text. */
interface Written {
  readonly part: JsonObject;
  /** Pictures and documents that follow the responses, after a word about whose they are. */
  readonly moved: readonly JsonObject[];
}

/** Results of calls: the responses first, as many as there are calls; then whatever they cannot hold. */
export function writeResults(results: readonly ToolResultBlock[], to: Writing): JsonObject[] {
  const written = results.map((block) => writeResult(block, to.placeOf(block), to));
  return [...written.map(({ part }) => part), ...written.flatMap(({ moved }) => moved)];
}

/** A result that is nothing but text, of a client of another language: nothing of it can be lost. Nothing for all others. */
export function writePlainResult(
  { id, content, isError, cache, ext }: ToolResultBlock,
  to: Writing,
): JsonObject | undefined {
  if (cache !== undefined || ext !== undefined) return undefined;
  let text = '';
  for (const part of content) {
    const more = plainTextOf(part);
    if (more === undefined) return undefined;
    if (more !== '') text += text === '' ? more : `\n${more}`;
  }
  const response = isError === true ? { error: text } : { output: text };
  const name = to.calls.get(id)?.name ?? id;
  return { functionResponse: to.ids ? { id, name, response } : { name, response } };
}

function writeResult(block: ToolResultBlock, at: Place, to: Writing): Written {
  const parts = block.content.flatMap((part, i) => writeParts(part, () => `${at()}.content[${i}]`, to));
  const texts = parts.flatMap((part) => (isPlainText(part) ? [String(part.text)] : []));
  const files = parts.filter((part) => !isPlainText(part));
  const held = to.own || to.modern ? files.filter((file) => to.own || isHoldable(file)) : [];
  const rest = files.filter((file) => !held.includes(file));
  if (rest.length > 0) {
    to.loseOnce('moved', at, 'images and files in tool results follow the results');
    texts.push(rest.length === 1 ? '[The file follows.]' : `[${rest.length} files follow.]`);
  }
  const { functionResponse: ownResponse, ...fields } = fieldsOf(block.ext) ?? {};
  const part = {
    functionResponse: {
      ...(to.ids && { id: block.id }),
      name: to.calls.get(block.id)?.name ?? block.id,
      response: responseOf(texts.join('\n'), block.isError === true, to),
      ...(held.length > 0 && { parts: held }),
      ...(isObject(ownResponse) && ownResponse),
    },
    ...fields,
  };
  return { part, moved: rest.length === 0 ? [] : [{ text: fromResult(block.id) }, ...rest] };
}

function isPlainText(part: JsonObject): boolean {
  return typeof part.text === 'string' && Object.keys(part).length === 1;
}

/** Types that the API takes inside a response. */
const holdable = /^(?:image\/(?:png|jpeg|webp)|application\/pdf|text\/plain)$/;

function isHoldable({ inlineData, fileData }: JsonObject): boolean {
  const data = isObject(inlineData) ? inlineData : fileData;
  return isObject(data) && typeof data.mimeType === 'string' && holdable.test(data.mimeType);
}

/** What a client of this language gave as an object goes back as one. */
function responseOf(text: string, isError: boolean, { own }: Writing): JsonObject {
  const parsed = own && /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (text === '' && !isError && own) return {};
  return { [isError ? 'error' : 'output']: parsed ?? text };
}
