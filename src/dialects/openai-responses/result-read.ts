import type { Block, ToolReferenceBlock, ToolResultBlock } from '../../canon/content.ts';
import { type JsonObject, objectsIn } from '../../canon/json.ts';
import type { Tool } from '../../canon/request.ts';
import type { Builtin } from './builtin.ts';
import { asExt, responsesName } from './ext.ts';
import { missingField, object, required, string } from './fields.ts';
import { restOf } from './item-read.ts';
import { readContent } from './parts-read.ts';

const resultFields: ReadonlySet<string> = new Set(['type', 'call_id', 'output']);

/** The result of a function, or of a tool that takes free text. @param id of the call it answers. */
export function readResult(item: JsonObject, id: string, path: string): ToolResultBlock {
  if (item.output === undefined) throw missingField(`${path}.output`);
  const content = isText(item.output) ? readContent(item.output, `${path}.output`) : otherOutput(item.output);
  return { type: 'tool_result', id, content, ...asExt(restOf(item, resultFields)) };
}

function isText(output: unknown): boolean {
  return typeof output === 'string' || Array.isArray(output);
}

/** Clients put what their tool returned where its text belongs. */
function otherOutput(output: unknown): Block[] {
  return output === null ? [] : [{ type: 'text', text: JSON.stringify(output) }];
}

const patchFields: ReadonlySet<string> = new Set([...resultFields, 'status']);
const searchFields: ReadonlySet<string> = new Set([...resultFields, 'tools', 'execution']);

/** Adds to the request's tools what a search found, and says what it has become. */
export type FindTools = (tool: JsonObject, path: string) => readonly Tool[];

/** The result of a built-in tool. */
export function readBuiltinResult(
  item: JsonObject,
  id: string,
  builtin: Builtin,
  found: FindTools,
  path: string,
): ToolResultBlock {
  const result = (content: Block[], known: ReadonlySet<string>, isError = false): ToolResultBlock => ({
    type: 'tool_result',
    id,
    content,
    ...(isError && { isError }),
    ...asExt(restOf(item, known)),
  });
  switch (builtin.name) {
    case 'tool_search':
      return result(
        objectsIn(item.tools).flatMap((tool, i) => readFound(tool, found, `${path}.tools[${i}]`)),
        searchFields,
      );
    case 'apply_patch':
      return result(readContent(item.output ?? '', `${path}.output`), patchFields, item.status === 'failed');
    case 'computer':
      return result(readContent([required(item, 'output', object, `${path}.`)], `${path}.output`), resultFields);
    case 'shell':
      // What a command printed and how it ended belong together; a model reads JSON as well as any other text.
      return result(readShellOutput(item.output, path), resultFields);
    default:
      return result(readContent(required(item, 'output', string, `${path}.`), `${path}.output`), resultFields);
  }
}

function readShellOutput(output: unknown, path: string): Block[] {
  if (typeof output === 'string') return readContent(output, `${path}.output`);
  if (output === undefined) throw missingField(`${path}.output`);
  return [{ type: 'text', text: JSON.stringify(output) }];
}

/** The functions by name; whatever else was found as it is. */
function readFound(tool: JsonObject, found: FindTools, path: string): Block[] {
  const known = found(tool, path).filter(({ type }) => type !== 'native');
  if (known.length === 0) return [{ type: 'native', dialect: responsesName, value: tool }];
  return known.map(({ name }): ToolReferenceBlock => ({ type: 'tool_reference', name }));
}
