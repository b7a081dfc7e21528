import { isObject, type JsonObject, objectsIn, parseJson, stringIn } from '../../src/canon/json.ts';
import type { Found } from './naive.ts';

/** What has been found of one block. */
interface Block {
  text: string;
  thinking: string;
  opaque: string;
  input: string;
  use: JsonObject | undefined;
  other: JsonObject | undefined;
  readonly citations: JsonObject[];
}

/** Looks through the events of a Converse stream, or at the one whole answer, with no knowledge of dialects/. */
export function findInConverse(lines: readonly JsonObject[]): Found {
  const blocks = new Map<unknown, Block>();
  let usage: JsonObject = {};
  let reason: string | undefined;
  const blockAt = (at: unknown): Block => {
    const known = blocks.get(at) ?? {
      text: '',
      thinking: '',
      opaque: '',
      input: '',
      use: undefined,
      other: undefined,
      citations: [],
    };
    blocks.set(at, known);
    return known;
  };
  for (const line of lines) {
    const message = inside(line, 'output', 'message');
    objectsIn(message.content).forEach((block, i) => lookAt(blockAt(i), block));
    for (const event of Object.values(line).filter(isObject)) {
      if (isObject(event.start)) lookAt(blockAt(event.contentBlockIndex), event.start);
      if (isObject(event.delta)) lookAt(blockAt(event.contentBlockIndex), event.delta);
    }
    usage = { ...usage, ...inside(line, 'usage'), ...inside(line, 'metadata', 'usage') };
    reason = stringIn(line.stopReason) ?? stringIn(inside(line, 'messageStop').stopReason) ?? reason;
  }
  return foundIn([...blocks.values()], usage, reason);
}

function lookAt(block: Block, said: JsonObject): void {
  block.text += stringIn(said.text) ?? '';
  const reasoning = inside(said, 'reasoningContent');
  const { text, signature, redactedContent } = { ...reasoning, ...inside(reasoning, 'reasoningText') };
  block.thinking += stringIn(text) ?? '';
  block.opaque = stringIn(signature) ?? stringIn(redactedContent) ?? block.opaque;
  const use = inside(said, 'toolUse');
  if (use.toolUseId !== undefined) block.use = use;
  if (use.input !== undefined) block.input += typeof use.input === 'string' ? use.input : JSON.stringify(use.input);
  if (isObject(said.citation)) block.citations.push(said.citation);
  const cited = inside(said, 'citationsContent');
  for (const part of objectsIn(cited.content)) block.text += stringIn(part.text) ?? '';
  block.citations.push(...objectsIn(cited.citations));
  if (isObject(said.toolResult) || isObject(said.image) || use.type !== undefined) block.other = said;
}

function foundIn(blocks: readonly Block[], usage: JsonObject, reason: string | undefined): Found {
  const citations = blocks.flatMap((block) => block.citations);
  const calls = blocks.filter(({ use, other }) => use !== undefined && other === undefined);
  return {
    text: blocks.map(({ text }) => text).join(''),
    thinking: blocks.map(({ thinking }) => thinking).join(''),
    opaque: blocks.map(({ opaque }) => opaque).filter((opaque) => opaque !== ''),
    calls: calls.map(({ use, input }) => ({
      id: use?.toolUseId,
      name: use?.name,
      input: input === '' ? {} : parseJson(input),
    })),
    others: blocks.flatMap(({ other }) => (other === undefined ? [] : [other])),
    citations,
    urls: citations
      .map((citation) => inside(citation, 'location', 'web').url ?? citation.source)
      .filter((url): url is string => typeof url === 'string' && /^https?:/.test(url)),
    reason,
    usage: {
      input: usage.inputTokens,
      output: usage.outputTokens,
      cacheRead: usage.cacheReadInputTokens,
      cacheWrite: usage.cacheWriteInputTokens,
    },
  };
}

/** An object within others; an empty one where there is none. */
function inside(object: JsonObject, ...path: readonly string[]): JsonObject {
  let at: unknown = object;
  for (const field of path) at = isObject(at) ? at[field] : undefined;
  return isObject(at) ? at : {};
}
