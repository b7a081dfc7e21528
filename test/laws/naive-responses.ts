import { isObject, type JsonObject, numberIn, objectsIn, parseJson, stringIn } from '../../src/canon/json.ts';
import type { Found } from './naive.ts';

/** Looks through the events of a Responses stream, or at the one whole response, with no knowledge of dialects/. */
export function findInResponses(lines: readonly JsonObject[]): Found {
  const items: JsonObject[] = [];
  const told = new Map<string, string>();
  let usage: JsonObject = {};
  let status: string | undefined;
  for (const line of lines) {
    if (typeof line.delta === 'string') {
      const place = `${String(line.output_index)} ${String(line.content_index ?? line.summary_index ?? 0)}`;
      told.set(place, (told.get(place) ?? '') + line.delta);
    }
    if (line.type === 'response.output_item.done' && isObject(line.item))
      items.push({ ...line.item, at: line.output_index });
    const response = isObject(line.response) ? line.response : line;
    if (items.length === 0) items.push(...objectsIn(response.output));
    if (isObject(response.usage)) usage = response.usage;
    status = stringIn(response.status) ?? status;
  }
  items.sort((one, other) => (numberIn(one.at) ?? 0) - (numberIn(other.at) ?? 0));
  const spoken = items.map(({ at, ...item }) => partsOf(item, (i) => told.get(`${String(at)} ${i}`) ?? ''));
  const texts = spoken.flatMap(({ text }) => text);
  const calls = items.flatMap(callIn);
  const annotations = items.flatMap((item) => objectsIn(item.content).flatMap((part) => objectsIn(part.annotations)));
  return {
    text: texts.join(''),
    thinking: spoken.map(({ thinking }) => thinking).join(''),
    opaque: items.flatMap((item) => (item.type === 'reasoning' ? (stringIn(item.encrypted_content) ?? []) : [])),
    calls,
    others: items.flatMap(({ at: _, ...item }, i) => (isSaid(item, texts, spoken[i]?.thinking ?? '') ? [] : [item])),
    citations: annotations,
    urls: annotations.flatMap((one) => (one.type === 'url_citation' ? (stringIn(one.url) ?? []) : [])),
    reason: status === 'completed' && calls.length > 0 ? 'tool_calls' : reasonOf(status),
    usage: countsOf(usage),
  };
}

function reasonOf(status: string | undefined): string {
  return status === 'incomplete' ? 'length' : 'stop';
}

/** The words of an item. Where the pieces that came are the beginning of the whole, the whole counts; else the pieces. */
function partsOf(item: JsonObject, toldOf: (part: number) => string): { text: string[]; thinking: string } {
  const wordsOf = (parts: unknown): string[] =>
    objectsIn(parts).map((part, i) => {
      const whole = stringIn(part.text) ?? stringIn(part.refusal) ?? '';
      const told = toldOf(i);
      return whole.startsWith(told) ? whole : told;
    });
  if (item.type === 'message') return { text: wordsOf(item.content), thinking: '' };
  if (item.type !== 'reasoning') return { text: [], thinking: '' };
  return { text: [], thinking: [...wordsOf(item.content), ...wordsOf(item.summary)].join('\n\n') };
}

/** Calls that somebody outside has to run. */
function callIn(item: JsonObject): JsonObject[] {
  const id = stringIn(item.call_id);
  if (id === undefined || id.startsWith('xs_')) return [];
  const call = (name: unknown, input: unknown): JsonObject[] => [{ id, name, input }];
  switch (item.type) {
    case 'function_call':
      return call(item.name, parseJson(String(item.arguments)));
    case 'custom_tool_call':
      return call(item.name, item.input);
    case 'local_shell_call':
      return call('local_shell', without(item.action, 'type'));
    case 'shell_call':
      return isObject(item.environment) ? [] : call('shell', without(item.action, ''));
    case 'apply_patch_call':
      return call('apply_patch', item.operation);
    case 'tool_search_call':
      return call('tool_search', item.arguments);
    default:
      return [];
  }
}

function without(value: unknown, name: string): JsonObject {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(entries.filter(([field, inner]) => field !== name && inner !== null));
}

function isSaid(item: JsonObject, texts: readonly string[], thinking: string): boolean {
  if (item.type === 'message')
    return (
      objectsIn(item.content).some((part) => texts.includes(String(part.text)) && part.text !== '') ||
      hasCut(item, texts)
    );
  if (item.type === 'reasoning') return thinking !== '' || typeof item.encrypted_content === 'string';
  return callIn(item).length > 0;
}

/** Whether the pieces of a message were others than the whole. */
function hasCut(item: JsonObject, texts: readonly string[]): boolean {
  return objectsIn(item.content).some(({ text }) =>
    texts.some((told) => told !== '' && String(text).startsWith(told.slice(0, 10))),
  );
}

function countsOf(usage: JsonObject): JsonObject {
  const inside = (field: string, name: string): number => {
    const details = usage[field];
    return isObject(details) ? (numberIn(details[name]) ?? 0) : 0;
  };
  const cacheRead = inside('input_tokens_details', 'cached_tokens');
  const cacheWrite = inside('input_tokens_details', 'cache_write_tokens');
  return {
    input: (numberIn(usage.input_tokens) ?? 0) - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: usage.output_tokens,
    reasoning: inside('output_tokens_details', 'reasoning_tokens'),
  };
}
