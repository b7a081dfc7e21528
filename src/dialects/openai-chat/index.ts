import type { Dialect } from '../dialect.ts';
import { embed } from './embed.ts';
import { readError } from './error-read.ts';
import { writeError } from './error-write.ts';
import { writeModel, writeModels } from './model.ts';
import { pass } from './pass.ts';
import { readRequest } from './request-read.ts';
import { writeRequest } from './request-write.ts';
import { readResponse } from './response-read.ts';
import { writeResponse } from './response-write.ts';
import { readStream } from './stream-read.ts';
import { writeStream } from './stream-write.ts';

/** OpenAI's clients know no 529, and are told by 429 that the money is used up. */
const statusOfKind: { readonly [kind: string]: number } = { overloaded: 503, billing: 429 };

/** OpenAI's Chat Completions, and what some forty compatible servers make of it. */
export const openaiChat = {
  name: 'openai-chat',
  upstream: {
    writeRequest,
    headers: (request) => (request.from === 'openai-chat' ? (request.headers ?? {}) : {}),
    readStream,
    readResponse,
    readError,
    toolNames: /^[a-zA-Z0-9_-]{1,64}$/,
    means: ['web_search'],
    // What depends on the server is reported by the writer, which knows its quirks.
    cannotSay: ['video', 'text_citations', 'document_citations', 'reasoning_display'],
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
    statusOf: ({ kind, status }) => statusOfKind[kind] ?? status,
    // Citations are said where they name an address; natives where they are this language's own.
    cannotSay: ['citation', 'native'],
    ping: ': ping\n\n',
    remark: (text) => `: ${text}\n\n`,
    requestIdHeader: 'x-request-id',
  },
  pass,
  embed,
} as const satisfies Dialect;
