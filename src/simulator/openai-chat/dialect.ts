import type { IncomingHttpHeaders } from 'node:http';
import { databricksUnauthorized, isDatabricksPath } from '../databricks.ts';
import type { SimulatedDialect } from '../dialect.ts';
import { frameWriter } from '../sse.ts';
import { writeWhole } from './answer.ts';
import { errorChunk, overflow, writeError } from './error.ts';
import { flavorOf } from './flavor.ts';
import { writeModel, writeModels } from './models.ts';
import { readRequest } from './read.ts';
import { writeStream } from './stream.ts';
import { checkRequest } from './validate.ts';

const PATH = /(?:^|\/)chat\/completions$|\/serving-endpoints\/[^/]+\/invocations$/;

function keysIn(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['api-key'];
  return [bearer, key].filter((value): value is string => typeof value === 'string');
}

/** OpenAI's Chat Completions, and servers that are compatible with it. */
export const openaiChat: SimulatedDialect = {
  name: 'openai-chat',
  prefixes: { answer: 'chatcmpl-', call: 'call_' },
  requestIdHeader: 'x-request-id',
  isClient: () => true,
  address: (path) => (PATH.test(path) ? { operation: 'answer' } : undefined),
  keys: keysIn,
  unauthorized(call) {
    const given = keysIn(call.headers).length > 0;
    if (flavorOf(call) === 'databricks' || isDatabricksPath(call.path)) return databricksUnauthorized(given);
    if (given) return { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided.' };
    return {
      status: 401,
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
        '(i.e. Authorization: Bearer YOUR_KEY).',
    };
  },
  check: checkRequest,
  read: readRequest,
  whole: writeWhole,
  stream: writeStream,
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
