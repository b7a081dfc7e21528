import { isObject, type JsonObject, numberIn, objectsIn, parseJson, stringIn } from '../../src/canon/json.ts';

/**
 * What an answer says, found by looking at its JSON with no knowledge of dialects/: string by string, in the order
 * of the bytes. Slow and plain, so that it errs in other places than the readers do.
 */
export interface Found {
  readonly text: string;
  readonly thinking: string;
  /** Proofs and encrypted reasoning. */
  readonly opaque: readonly string[];
  readonly calls: readonly JsonObject[];
  /** Blocks that are more than words and calls, whole. */
  readonly others: readonly JsonObject[];
  readonly citations: readonly JsonObject[];
  readonly urls: readonly string[];
  /** The provider's own word for why it ended. */
  readonly reason: string | undefined;
  readonly usage: JsonObject;
}

/** Looks through the events of an Anthropic stream, or at the one message that a whole answer is. */
export function findInMessages(lines: readonly JsonObject[]): Found {
  const blocks: JsonObject[] = [];
  const inputs = new Map<JsonObject, string>();
  let usage: JsonObject = {};
  let reason: string | undefined;
  const open = new Map<unknown, JsonObject>();
  const add = (block: JsonObject): JsonObject => {
    const copy = structuredClone(block);
    blocks.push(copy);
    return copy;
  };
  for (const line of lines) {
    const message = isObject(line.message) ? line.message : line;
    for (const block of objectsIn(message.content)) add(block);
    if (isObject(line.content_block)) open.set(line.index, add(line.content_block));
    const delta = isObject(line.delta) ? line.delta : {};
    const block = open.get(line.index);
    if (block !== undefined) growBlock(block, delta, inputs);
    usage = { ...usage, ...(isObject(message.usage) ? present(message.usage) : {}) };
    reason = stringIn(delta.stop_reason) ?? stringIn(message.stop_reason) ?? reason;
  }
  for (const [block, json] of inputs) block.input = parseJson(json) ?? json;
  return foundIn(blocks, usage, reason);
}

function growBlock(block: JsonObject, delta: JsonObject, inputs: Map<JsonObject, string>): void {
  if (delta.type === 'input_json_delta') {
    const json = (inputs.get(block) ?? '') + String(delta.partial_json);
    if (json !== '') inputs.set(block, json);
  } else if (delta.type === 'citations_delta') block.citations = [...objectsIn(block.citations), delta.citation];
  else if (delta.type === 'signature_delta') block.signature = delta.signature;
  else if (delta.type === 'compaction_delta') Object.assign(block, { ...delta, type: block.type });
  else
    for (const field of ['text', 'thinking'])
      if (delta[field] !== undefined) block[field] = `${block[field]}${delta[field]}`;
}

function foundIn(blocks: readonly JsonObject[], usage: JsonObject, reason: string | undefined): Found {
  const known = ['text', 'thinking', 'redacted_thinking', 'tool_use'];
  const citations = blocks.flatMap((block) => (block.type === 'text' ? objectsIn(block.citations) : []));
  const strings = (values: readonly unknown[]): string[] =>
    values.filter((value): value is string => typeof value === 'string' && value !== '');
  return {
    text: strings(blocks.map((block) => block.type === 'text' && block.text)).join(''),
    thinking: strings(blocks.map((block) => block.type === 'thinking' && block.thinking)).join(''),
    opaque: strings(
      blocks.map((block) =>
        block.type === 'thinking' ? block.signature : block.type === 'redacted_thinking' && block.data,
      ),
    ),
    calls: blocks.filter(({ type }) => type === 'tool_use').map(({ id, name, input }) => ({ id, name, input })),
    others: blocks.filter(({ type }) => !known.includes(String(type))),
    citations,
    urls: strings(citations.map(({ url, source }) => url ?? source)).filter((url) => /^https?:/.test(url)),
    reason,
    usage: {
      input: usage.input_tokens,
      cacheRead: usage.cache_read_input_tokens,
      cacheWrite: usage.cache_creation_input_tokens,
      output: usage.output_tokens,
    },
  };
}

/** Looks through the chunks of a chat stream, or at the one whole answer; the first choice counts. */
export function findInChunks(lines: readonly JsonObject[]): Found {
  const calls: { key: unknown; id: string; name: string; json: string }[] = [];
  let text = '';
  let thinking = '';
  let reason: string | undefined;
  let usage: JsonObject = {};
  let urls: unknown[] = [];
  for (const line of lines) {
    const [choice] = objectsIn(line.choices);
    const said = objectIn(choice?.delta ?? choice?.message);
    for (const part of typeof said.content === 'string' ? [said.content] : objectsIn(said.content)) {
      if (typeof part === 'string') text += part;
      else if (part.type === 'thinking')
        thinking += objectsIn(part.thinking)
          .map((one) => one.text)
          .join('');
      else text += stringIn(part.text) ?? '';
    }
    thinking += stringIn(said.reasoning_content) ?? stringIn(said.reasoning) ?? '';
    for (const call of objectsIn(said.tool_calls)) growCall(calls, call);
    reason = stringIn(choice?.finish_reason) ?? reason;
    if (isObject(line.usage)) usage = line.usage;
    if (Array.isArray(line.citations)) urls = line.citations;
  }
  return {
    text,
    thinking,
    opaque: [],
    calls: calls.map(({ id, name, json }) => ({ id, name, input: json === '' ? {} : parseJson(json) })),
    others: [],
    citations: [],
    urls: urls.filter((url): url is string => typeof url === 'string'),
    reason,
    usage: chatCounts(usage),
  };
}

function growCall(calls: { key: unknown; id: string; name: string; json: string }[], call: JsonObject): void {
  const fn = isObject(call.function) ? call.function : {};
  const key = call.index ?? call.id;
  const known = calls.find((one) => one.key === key);
  const json = stringIn(fn.arguments) ?? JSON.stringify(fn.arguments ?? '');
  if (known === undefined) calls.push({ key, id: stringIn(call.id) ?? '', name: stringIn(fn.name) ?? '', json });
  else known.json += json;
}

/** The prompt holds what was cached; what was thought is part of the completion unless the total says otherwise. */
function chatCounts(usage: JsonObject): JsonObject {
  const inside = (field: string, name: string): number => {
    const details = usage[field];
    return isObject(details) ? (numberIn(details[name]) ?? 0) : 0;
  };
  const prompt = numberIn(usage.prompt_tokens) ?? 0;
  const completion = numberIn(usage.completion_tokens) ?? 0;
  const cached = inside('prompt_tokens_details', 'cached_tokens') || (numberIn(usage.cached_tokens) ?? 0);
  const reasoning = inside('completion_tokens_details', 'reasoning_tokens');
  const beside = reasoning > 0 && usage.total_tokens === prompt + completion + reasoning;
  return { input: prompt - cached, cacheRead: cached, cacheWrite: 0, output: completion + (beside ? reasoning : 0) };
}

/** Looks through the events of a Cohere stream, or at the one whole answer. A plan is reasoning told in words. */
export function findInCohere(lines: readonly JsonObject[]): Found {
  const calls: { id: unknown; name: unknown; json: string }[] = [];
  const citations: JsonObject[] = [];
  let text = '';
  let thinking = '';
  let reason: string | undefined;
  let usage: JsonObject = {};
  const all = (value: unknown): JsonObject[] => (isObject(value) ? [value] : objectsIn(value));
  for (const line of lines) {
    const delta = objectIn(line.delta ?? line);
    const message = objectIn(delta.message);
    for (const part of all(message.content)) {
      text += stringIn(part.text) ?? '';
      thinking += stringIn(part.thinking) ?? '';
    }
    thinking += stringIn(message.tool_plan) ?? '';
    for (const call of all(message.tool_calls)) {
      const { name, arguments: json } = objectIn(call.function);
      if (line.type === 'tool-call-delta') (calls.at(-1) ?? { json: '' }).json += String(json);
      else calls.push({ id: call.id, name, json: stringIn(json) ?? '' });
    }
    citations.push(...all(message.citations));
    reason = stringIn(delta.finish_reason) ?? reason;
    if (isObject(delta.usage)) usage = delta.usage;
  }
  const tokens = objectIn(usage.tokens);
  const cached = numberIn(usage.cached_tokens) ?? 0;
  return {
    text,
    thinking,
    opaque: [],
    calls: calls.map(({ id, name, json }) => ({ id, name, input: (json === '' ? {} : parseJson(json)) ?? {} })),
    others: [],
    citations,
    urls: [],
    reason,
    usage: {
      input: (numberIn(tokens.input_tokens) ?? 0) - cached,
      cacheRead: cached,
      cacheWrite: 0,
      output: tokens.output_tokens,
    },
  };
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function present(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
