import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../src/canon/json.ts';
import type { Found } from './naive.ts';

/** A call, and the values of its arguments by their places, where they come one by one. */
interface Call {
  readonly id: string | undefined;
  readonly name: string;
  readonly args: unknown;
  readonly places: Map<string, unknown>;
}

/** Looks through the chunks of a Gemini stream, or at the one whole answer, with no knowledge of dialects/. */
export function findInGemini(lines: readonly JsonObject[]): Found {
  const found = { text: '', thinking: '' };
  const opaque: string[] = [];
  const calls: Call[] = [];
  const others: JsonObject[] = [];
  const urls: string[] = [];
  let reason: string | undefined;
  let usage: JsonObject = {};
  for (const line of lines) {
    const [candidate = {}] = objectsIn(line.candidates);
    for (const part of objectsIn(objectIn(candidate.content).parts)) {
      if (isObject(part.functionCall)) lookAtCall(part.functionCall, calls);
      else if (typeof part.text === 'string') found[part.thought === true ? 'thinking' : 'text'] += part.text;
      else others.push(part);
      if (typeof part.thoughtSignature === 'string') opaque.push(part.thoughtSignature);
    }
    for (const chunk of objectsIn(objectIn(candidate.groundingMetadata).groundingChunks)) {
      for (const source of Object.values(chunk)) urls.push(stringIn(objectIn(source).uri) ?? '');
    }
    reason = stringIn(candidate.finishReason) ?? reason;
    usage = { ...usage, ...objectIn(line.usageMetadata) };
  }
  const count = (field: string): number => numberIn(usage[field]) ?? 0;
  return {
    ...found,
    opaque,
    calls: calls.map(({ id, name, args, places }) => ({ id, name, input: args ?? unfolded(places) })),
    others,
    citations: [],
    urls: urls.filter((url) => url.startsWith('http')),
    reason,
    usage: {
      input: count('promptTokenCount') + count('toolUsePromptTokenCount') - count('cachedContentTokenCount'),
      cacheRead: count('cachedContentTokenCount'),
      output: count('candidatesTokenCount') + count('thoughtsTokenCount'),
      reasoning: count('thoughtsTokenCount'),
    },
  };
}

function lookAtCall(call: JsonObject, calls: Call[]): void {
  if (typeof call.name === 'string')
    calls.push({ id: stringIn(call.id), name: call.name, args: call.args, places: new Map() });
  const places = calls.at(-1)?.places;
  for (const { jsonPath, stringValue, numberValue, boolValue } of objectsIn(call.partialArgs)) {
    const path = String(jsonPath);
    const earlier = places?.get(path);
    const value = stringValue ?? numberValue ?? boolValue ?? null;
    places?.set(path, typeof earlier === 'string' ? earlier + String(value) : value);
  }
}

/** The object whose values stand at these places. */
function unfolded(places: ReadonlyMap<string, unknown>, prefix = '$'): unknown {
  if (places.has(prefix)) return places.get(prefix);
  const steps = new Set<string>();
  for (const path of places.keys()) {
    const step = path.startsWith(prefix) ? /^(?:\.[^.[]+|\[\d+\])/.exec(path.slice(prefix.length))?.[0] : undefined;
    if (step !== undefined) steps.add(step);
  }
  const inner = [...steps].map((step) => [step.replace(/[.[\]]/g, ''), unfolded(places, prefix + step)] as const);
  return [...steps][0]?.startsWith('[') === true ? inner.map(([, value]) => value) : Object.fromEntries(inner);
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
