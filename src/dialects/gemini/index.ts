import type { Dialect } from '../dialect.ts';
import { count, readCount, writeCount } from './count.ts';
import { embed } from './embed.ts';
import { readError } from './error-read.ts';
import { statusOf, writeError } from './error-write.ts';
import { geminiName } from './ext.ts';
import { asksForArray } from './framing.ts';
import { writeModel, writeModels } from './model.ts';
import { pass } from './pass.ts';
import { readRequest } from './request-read.ts';
import { writeHeaders, writeRequest } from './request-write.ts';
import { readResponse } from './response-read.ts';
import { writeResponse } from './response-write.ts';
import { readStream } from './stream-read.ts';
import { writeStream } from './stream-write.ts';

/** Google's generateContent, as the Gemini API and Vertex AI speak it. */
export const gemini = {
  name: geminiName,
  addressed: true,
  upstream: {
    writeRequest,
    headers: writeHeaders,
    readStream,
    readResponse,
    readError,
    cannotSay: [
      'cache',
      'redacted_thinking',
      'text_citations',
      'document_citations',
      'turn_name',
      'tool_strict',
      'min_p',
      'repetition_penalty',
      'user',
      'verbosity',
      'cache_key',
    ],
    means: ['web_search', 'web_fetch', 'code_execution'],
    toolNames: /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
    count,
  },
  client: {
    readRequest,
    writeStream,
    writeResponse,
    writeError,
    writeModel,
    writeModels,
    statusOf,
    cannotSay: [],
    streamType: (request) => (asksForArray(request) ? 'application/json; charset=UTF-8' : 'text/event-stream'),
    readCount,
    writeCount,
    // White space between events is nothing to any reader, of events or of an array; a comment is too much for some.
    ping: '\n',
    wholeCalls: true,
    requestIdHeader: 'x-request-id',
  },
  pass,
  embed,
} as const satisfies Dialect;
