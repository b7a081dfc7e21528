import type { SimulatedDialect } from '../dialect.ts';
import { frameWriter } from '../sse.ts';
import { writeWhole } from './answer.ts';
import { checkEmbeddings, isEmbeddings, readEmbeddings, writeEmbeddings } from './embeddings.ts';
import { errorChunk, overflow, writeError } from './error.ts';
import { keysIn, unauthorized } from './keys.ts';
import { writeModel, writeModels } from './models.ts';
import { readRequest } from './read.ts';
import { writeStream } from './stream.ts';
import { answerOther } from './surface.ts';
import { checkRequest } from './validate.ts';

const PATH = /(?:^|\/)chat\/completions$|\/serving-endpoints\/[^/]+\/invocations$/;

/** OpenAI's Chat Completions, and servers that are compatible with it. */
export const openaiChat: SimulatedDialect = {
  name: 'openai-chat',
  prefixes: { answer: 'chatcmpl-', call: 'call_' },
  requestIdHeader: 'x-request-id',
  isClient: () => true,
  address(path) {
    if (isEmbeddings(path)) return { operation: 'embed' };
    return PATH.test(path) ? { operation: 'answer' } : undefined;
  },
  keys: keysIn,
  unauthorized,
  check: (call) => (call.operation === 'embed' ? checkEmbeddings(call) : checkRequest(call)),
  read: (call) => (call.operation === 'embed' ? readEmbeddings(call) : readRequest(call)),
  whole: (answer, asked) => (asked.operation === 'embed' ? writeEmbeddings(asked) : writeWhole(answer, asked)),
  stream: writeStream,
  other: answerOther,
  count: (asked) => ({ input_tokens: asked.inputTokens }),
  models: (ids, _query, rules) => writeModels(ids, rules),
  model: writeModel,
  error: writeError,
  errorFrame: (problem, context, manner) => frameWriter(manner)(JSON.stringify(errorChunk(problem, context))),
  malformedFrame: (manner) =>
    frameWriter(manner)(
      '{"id":"chatcmpl-simulator","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"cont',
    ),
  overflow,
};
