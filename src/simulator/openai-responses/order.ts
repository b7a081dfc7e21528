import { type JsonObject, textOf } from '../json.ts';
import type { Memory } from '../memory.ts';
import { refuse } from '../openai-chat/refusal.ts';
import { Refused } from '../problem.ts';
import { decryptedId } from './encrypted.ts';
import { typeOfItem } from './input.ts';
import { OUTPUT_OF } from './items.ts';
import { outputWith } from './memory.ts';

const CALL_OF = Object.fromEntries(Object.entries(OUTPUT_OF).map(([call, output]) => [output, call]));

function words(type: string): string {
  return type.replaceAll('_', ' ');
}

/** Refuses calls without their outputs, and outputs without a call before them. */
export function checkPairs(items: readonly JsonObject[]): void {
  const open = new Map<string, string>();
  const called = new Set<string>();
  for (const item of items) {
    const type = typeOfItem(item);
    const id = textOf(item.call_id);
    if (OUTPUT_OF[type] !== undefined) {
      open.set(`${type} ${id}`, id);
      called.add(`${type} ${id}`);
    }
    const call = CALL_OF[type];
    if (call === undefined || id === '') continue;
    if (!called.has(`${call} ${id}`)) {
      refuse(`No tool call found for ${words(type)} with call_id ${id}.`, 'input');
    }
    open.delete(`${call} ${id}`);
  }
  for (const [key, id] of open) refuse(`No tool output found for ${words(key.split(' ')[0] ?? '')} ${id}.`, 'input');
}

/** Refuses what the service itself has said, when it does not come back as it was said; `given` follows `earlier`. */
export function checkOwnItems(earlier: readonly JsonObject[], given: readonly JsonObject[], memory: Memory): void {
  const ids = new Set([...earlier, ...given].map(({ id }) => textOf(id)));
  for (const [index, item] of given.entries()) {
    const type = typeOfItem(item);
    if (type === 'reasoning') {
      checkReasoning(item, memory);
      checkFollowed(item, given.slice(index + 1));
    } else if (type === 'item_reference') {
      if (outputWith(textOf(item.id), memory) === undefined) refuseUnknown(textOf(item.id));
    } else checkPreceded(item, type, ids, memory);
  }
}

function checkReasoning(item: JsonObject, memory: Memory): void {
  const id = textOf(item.id);
  const content = textOf(item.encrypted_content);
  if (content === '') {
    if (outputWith(id, memory) === undefined) refuseUnknown(id);
    return;
  }
  const owner = decryptedId(content);
  if (owner !== undefined && (id === '' || owner === id)) return;
  const what = id === '' ? `${content.slice(0, 4)}...${content.slice(-4)}` : `for item ${id}`;
  refuse(
    `The encrypted content ${what} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    null,
    'invalid_encrypted_content',
  );
}

function refuseUnknown(id: string): never {
  throw new Refused({
    status: 404,
    type: 'invalid_request_error',
    param: 'input',
    message:
      `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with ` +
      '`store` set to true, or remove this item from your input.',
  });
}

/** What was thought was thought for something: the message or call after it belongs to it. */
function checkFollowed(item: JsonObject, after: readonly JsonObject[]): void {
  if (item.id === undefined || item.id === null) return;
  const next = after.find((other) => typeOfItem(other) !== 'reasoning');
  const type = next === undefined ? 'nothing' : typeOfItem(next);
  const isOwn = type === 'message' ? next?.role === 'assistant' : type !== 'nothing' && CALL_OF[type] === undefined;
  if (isOwn) return;
  refuse(`Item '${textOf(item.id)}' of type 'reasoning' was provided without its required following item.`, 'input');
}

function checkPreceded(item: JsonObject, type: string, ids: ReadonlySet<string>, memory: Memory): void {
  const id = textOf(item.id);
  const output = id === '' ? undefined : outputWith(id, memory);
  if (output === undefined) return;
  const before = output.slice(
    0,
    output.findIndex((other) => other.id === id),
  );
  const thought = before.findLast((other) => other.type === 'reasoning');
  if (thought === undefined || ids.has(textOf(thought.id))) return;
  refuse(
    `Item '${id}' of type '${type}' was provided without its required 'reasoning' item: '${textOf(thought.id)}'.`,
    'input',
  );
}
