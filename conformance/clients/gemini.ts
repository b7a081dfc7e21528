import { type Client, countAt, eventsIn, listAt, objectAt, textAt } from '../client.ts';
import type { Json } from '../fixture.ts';
import { inputIn, type Saying, urlsIn } from '../saying.ts';

const words: { readonly [word: string]: readonly string[] } = {
  STOP: ['end', 'tool_calls', 'stop_sequence', 'pause', 'compaction'],
  MAX_TOKENS: ['length', 'context_overflow'],
  SAFETY: ['refusal'],
  PROHIBITED_CONTENT: ['refusal'],
  BLOCKLIST: ['refusal'],
  SPII: ['refusal'],
  RECITATION: ['refusal'],
};

/** Google's generateContent. */
export const gemini: Client = {
  language: 'gemini',
  path: (model, stream) =>
    `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: {},
  body: ({ model: _, stream: __, alt: ___, ...request }) => request,
  whole: (body) => sayingOf([body]),
  stream: (bytes) => sayingOf(eventsIn(bytes)),
  reasons: (word) => words[word] ?? [word],
  misses(kind, status, body) {
    const { message, status: name } = objectAt(body, 'error') as { message?: string; status?: string };
    if (kind === 'context_overflow') {
      const told = /exceeds the maximum number of tokens/.test(message ?? '');
      return status === 400 && told ? undefined : `${status} ${message ?? ''}`;
    }
    return status === 503 && name === 'UNAVAILABLE' ? undefined : `${status} ${name ?? ''}`;
  },
};

function sayingOf(chunks: readonly Json[]): Saying {
  const candidates = chunks.map((chunk) => objectAt(chunk, 'candidates', 0));
  const parts = candidates.flatMap((candidate) => listAt(objectAt(candidate, 'content'), 'parts'));
  const usage = objectAt(
    chunks.findLast((chunk) => 'usageMetadata' in chunk),
    'usageMetadata',
  );
  const grounding = candidates.flatMap((candidate) =>
    listAt(objectAt(candidate, 'groundingMetadata'), 'groundingChunks'),
  );
  const sources = candidates.flatMap((candidate) => [
    // Google has it under two names.
    ...listAt(objectAt(candidate, 'citationMetadata'), 'citationSources'),
    ...listAt(objectAt(candidate, 'citationMetadata'), 'citations'),
  ]);
  const cacheRead = countAt(usage, 'cachedContentTokenCount');
  const words = candidates.map((candidate) => textAt(candidate, 'finishReason'));
  return {
    text: parts.map((part) => (part['thought'] === true ? '' : textAt(part, 'text'))).join(''),
    thinking: parts.map((part) => (part['thought'] === true ? textAt(part, 'text') : '')).join(''),
    calls: parts.flatMap(({ functionCall }) => {
      const call = objectAt(functionCall);
      return 'name' in call ? [{ name: textAt(call, 'name'), input: inputIn(call['args']) }] : [];
    }),
    urls: urlsIn([
      ...grounding.flatMap((one) => [
        objectAt(one, 'web')['uri'],
        webAddress(objectAt(one, 'retrievedContext')['uri']),
      ]),
      ...sources.map(({ uri }) => uri),
    ]),
    finish: words.findLast((word) => word !== '') ?? '',
    tokens: {
      input: countAt(usage, 'promptTokenCount') + countAt(usage, 'toolUsePromptTokenCount') - cacheRead,
      cacheRead,
      cacheWrite: 0,
      output: countAt(usage, 'candidatesTokenCount') + countAt(usage, 'thoughtsTokenCount'),
    },
  };
}

/** What was retrieved may lie in the client's own store, where it has no address for others. */
function webAddress(uri: unknown): unknown {
  return typeof uri === 'string' && /^https?:/.test(uri) ? uri : undefined;
}
