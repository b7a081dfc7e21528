import type { Dialect } from '../dialect.ts';
import { embed } from './embed.ts';
import { readError } from './error-read.ts';
import { cohereName } from './name.ts';
import { writeRequest } from './request-write.ts';
import { readResponse } from './response-read.ts';
import { readStream } from './stream-read.ts';

/** Cohere's Chat, second version of the API. Nobody but Cohere's own clients speaks it, so it is spoken to providers only. */
export const cohere = {
  name: cohereName,
  upstream: {
    writeRequest,
    readStream,
    readResponse,
    readError,
    pdf: false,
    toolNames: /^[A-Za-z_][A-Za-z0-9_]*$/,
    cannotSay: [
      'cache',
      'audio',
      'video',
      'file',
      'redacted_thinking',
      'text_citations',
      'turn_name',
      'min_p',
      'repetition_penalty',
      'reasoning_display',
      'user',
      'service_tier',
      'verbosity',
      'cache_key',
      'labels',
    ],
  },
  embed,
} as const satisfies Dialect;
