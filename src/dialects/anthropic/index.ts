import type { Dialect } from '../dialect.ts';
import { readCount, writeCountRequest } from './count.ts';
import { readError } from './error-read.ts';
import { writeError } from './error-write.ts';
import { anthropicName } from './ext.ts';
import { writeModel, writeModels } from './model.ts';
import { pass } from './pass.ts';
import { readRequest } from './request-read.ts';
import { writeHeaders, writeRequest } from './request-write.ts';
import { readResponse, writeResponse } from './response.ts';
import { readStream } from './stream-read.ts';
import { ping, writeStream } from './stream-write.ts';

/** Anthropic Messages, API versions 2023-06-01 and 2026-10-21. */
export const anthropic = {
  name: anthropicName,
  upstream: {
    writeRequest,
    headers: writeHeaders,
    readStream,
    readResponse,
    readError,
    toolNames: /^[a-zA-Z0-9_-]{1,128}$/,
    count: { writeRequest: writeCountRequest, readResponse: readCount },
    means: ['web_search', 'web_fetch', 'code_execution'],
    cannotSay: [
      'audio',
      'video',
      'turn_name',
      'min_p',
      'frequency_penalty',
      'presence_penalty',
      'repetition_penalty',
      'seed',
      'verbosity',
      'cache_key',
      'labels',
    ],
  },
  client: {
    readRequest,
    writeStream,
    takesRuns: true,
    outlined: true,
    writeResponse,
    writeError,
    writeModel,
    writeModels,
    // Overload has a status of its own here, which clients wait out longer than a mere 503.
    statusOf: ({ kind, status }) => (kind === 'overloaded' || kind === 'unavailable' ? 529 : status),
    // A prompt to be counted needs no limit of an answer; the reader asks for one.
    readCount: (body) => ({ max_tokens: 1, ...body }),
    writeCount: (tokens) => ({ input_tokens: tokens }),
    cannotSay: [],
    proofsOf: 'claude',
    ping,
    remark: (text) => `: ${text}\n\n`,
    requestIdHeader: 'request-id',
  },
  pass,
} as const satisfies Dialect;
