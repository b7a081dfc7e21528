import type { IncomingHttpHeaders } from 'node:http';
import { databricksUnauthorized, isDatabricksPath } from '../databricks.ts';
import type { SimulatedDialect } from '../dialect.ts';
import { frameWriter } from '../sse.ts';
import { writeWhole } from './answer.ts';
import { errorEvent, overflow, writeError } from './error.ts';
import { writeModel, writeModels } from './models.ts';
import { readRequest } from './read.ts';
import { writeStream } from './stream.ts';
import { checkRequest } from './validate.ts';

const PATH = /(?:^|\/)v1\/messages(\/count_tokens)?$/;

function keysIn(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  return [key, bearer].filter((value): value is string => typeof value === 'string');
}

/** Anthropic's Messages API, also under a prefix such as `/serving-endpoints/anthropic`. */
export const anthropic: SimulatedDialect = {
  name: 'anthropic',
  prefixes: { answer: 'msg_', call: 'toolu_' },
  requestIdHeader: 'request-id',
  isClient: (headers) => headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined,
  address(path) {
    const found = PATH.exec(path);
    if (found === null) return undefined;
    return { operation: found[1] === undefined ? 'answer' : 'count' };
  },
  keys: keysIn,
  unauthorized({ headers, path }) {
    const given = keysIn(headers).length > 0;
    if (isDatabricksPath(path)) return databricksUnauthorized(given);
    const bearer = headers['x-api-key'] === undefined;
    const message = bearer ? 'Invalid bearer token' : 'invalid x-api-key';
    return { status: 401, message: given ? message : 'x-api-key header is required' };
  },
  check: checkRequest,
  read: readRequest,
  whole: writeWhole,
  stream: writeStream,
  count: (asked) => ({ input_tokens: asked.inputTokens }),
  models: (ids, query) => writeModels(ids, query),
  model: (id) => writeModel(id),
  error: writeError,
  errorFrame: (problem, context, manner) => frameWriter(manner)(JSON.stringify(errorEvent(problem, context)), 'error'),
  malformedFrame: (manner) =>
    frameWriter(manner)('{"type":"content_block_delta","index":0,"delta":{"type":"text_del', 'content_block_delta'),
  overflow,
};
