import type { Dialect } from '../dialect.ts';
import { conversation } from './conversation.ts';
import { readError } from './error-read.ts';
import { writeError } from './error-write.ts';
import { responsesName } from './ext.ts';
import { writeModel, writeModels } from './model.ts';
import { pass } from './pass.ts';
import { readRequest } from './request-read.ts';
import { readCount, writeCountRequest, writeRequest } from './request-write.ts';
import { writeResponse } from './response-write.ts';
import { readResponse, readStream } from './stream-read.ts';
import { writeStream } from './stream-write.ts';

/** OpenAI's clients know no 529, and are told by 429 that the money is used up. */
const statusOfKind: { readonly [kind: string]: number } = { overloaded: 503, billing: 429 };

/** OpenAI's Responses, and what compatible servers make of it. */
export const openaiResponses = {
  name: responsesName,
  upstream: {
    writeRequest,
    headers: (request) => (request.from === responsesName ? (request.headers ?? {}) : {}),
    readStream,
    readResponse,
    readError,
    means: ['web_search', 'code_execution'],
    toolNames: /^[a-zA-Z0-9_-]{1,64}$/,
    count: { writeRequest: writeCountRequest, readResponse: readCount },
    // What depends on the server is reported by the writer, which knows its quirks.
    cannotSay: [
      'video',
      'document_citations',
      'turn_name',
      'top_k',
      'min_p',
      'frequency_penalty',
      'presence_penalty',
      'repetition_penalty',
      'seed',
      'stop',
    ],
  },
  client: {
    readRequest,
    writeStream,
    writeResponse,
    writeError,
    writeModel,
    writeModels,
    writeCount: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
    conversation,
    statusOf: ({ kind, status }) => statusOfKind[kind] ?? status,
    // Citations are said where they name an address; natives where they are this language's own.
    cannotSay: [],
    ping: ': ping\n\n',
    remark: (text) => `: ${text}\n\n`,
    requestIdHeader: 'x-request-id',
  },
  pass,
} as const satisfies Dialect;
