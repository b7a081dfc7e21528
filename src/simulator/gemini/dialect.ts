import type { SimulatedDialect } from '../dialect.ts';
import { writeWhole } from './answer.ts';
import { checkEmbedding, embedAddress, readEmbedding, writeEmbeddings } from './embeddings.ts';
import { errorFrame, overflow, writeError } from './error.ts';
import { keysIn, unauthorized } from './keys.ts';
import { writeModel, writeModels } from './models.ts';
import { addressOf, isEventStream } from './path.ts';
import { readRequest } from './read.ts';
import { geminiFrame, writeStream } from './stream.ts';
import { checkRequest } from './validate.ts';

/** Google's Gemini API, and the same language at Vertex AI. */
export const gemini: SimulatedDialect = {
  name: 'gemini',
  prefixes: { answer: '', call: 'call_' },
  isClient: (headers, path) => headers['x-goog-api-key'] !== undefined || /(?:^|\/)v1beta1?\//.test(path),
  address: (path) => addressOf(path) ?? embedAddress(path),
  keys: keysIn,
  unauthorized,
  check: (call) => (call.operation === 'embed' ? checkEmbedding(call) : checkRequest(call)),
  read: (call) => (call.operation === 'embed' ? readEmbedding(call) : readRequest(call)),
  whole: (answer, asked) => (asked.operation === 'embed' ? writeEmbeddings(asked) : writeWhole(answer, asked)),
  stream: writeStream,
  streamType: (query) => (isEventStream(query) ? 'text/event-stream' : 'application/json; charset=UTF-8'),
  count: ({ inputTokens }) => ({
    totalTokens: inputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
  }),
  models: (ids, query) => writeModels(ids, query),
  model: (id) => writeModel(id),
  error: writeError,
  errorFrame,
  malformedFrame: (manner, context) =>
    geminiFrame('{"candidates":[{"content":{"parts":[{"te', manner, isEventStream(context.query), {
      first: false,
      last: false,
    }),
  overflow,
};
