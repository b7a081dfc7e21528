import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from '../asked.ts';
import type { IncomingCall, SimulatedDialect } from '../dialect.ts';
import { textOf } from '../json.ts';
import { frameWriter } from '../sse.ts';
import { writeWhole } from './answer.ts';
import { checkEmbed, writeEmbeddings } from './embeddings.ts';
import { overflow, wordsOf, writeError } from './error.ts';
import { writeModel, writeModels } from './models.ts';
import { checkRerank, writeRanking } from './ranking.ts';
import { readRequest } from './read.ts';
import { errorEvent, writeStream } from './stream.ts';
import { checkChat } from './validate.ts';

const PATH = /(?:^|\/)v2\/(chat|embed|rerank)$/;
const OPERATIONS: Readonly<Record<string, Operation>> = { chat: 'answer', embed: 'embed', rerank: 'rerank' };

function keysIn(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? [] : [bearer];
}

function check(call: IncomingCall): void {
  if (call.operation === 'embed') checkEmbed(call);
  else if (call.operation === 'rerank') checkRerank(call);
  else checkChat(call);
}

/** Cohere's API, version 2. */
export const cohere: SimulatedDialect = {
  name: 'cohere',
  prefixes: { answer: '', call: 'call_' },
  requestIdHeader: 'x-debug-trace-id',
  // Its list of models has the same path as others have theirs: a prefix or the SDK's own headers tell it from them.
  isClient: (headers, path) =>
    /^\/cohere\//.test(path) || /cohere/i.test(textOf(headers['x-fern-sdk-name']) + textOf(headers['user-agent'])),
  address(path) {
    const operation = OPERATIONS[PATH.exec(path)?.[1] ?? ''];
    return operation === undefined ? undefined : { operation };
  },
  keys: keysIn,
  unauthorized: ({ headers }) => ({
    status: 401,
    message: keysIn(headers).length === 0 ? 'no api key supplied' : 'invalid api token',
  }),
  check,
  read: readRequest,
  whole(answer, asked) {
    if (asked.operation === 'rerank') return writeRanking(asked);
    return asked.operation === 'embed' ? writeEmbeddings(asked) : writeWhole(answer);
  },
  stream: writeStream,
  count: () => ({}),
  models: writeModels,
  model: writeModel,
  error: writeError,
  errorFrame: (problem, _context, manner) =>
    frameWriter(manner)(JSON.stringify(errorEvent(wordsOf(problem))), 'message-end'),
  malformedFrame: (manner) =>
    frameWriter(manner)('{"type":"content-delta","index":0,"delta":{"message":{"content":{"te', 'content-delta'),
  overflow,
};
