import type { Dialect } from '../dialect.ts';
import { writeResponse } from './answer-write.ts';
import { readCount, readCountResponse, writeCountRequest } from './count.ts';
import { embed } from './embed.ts';
import { readError } from './error-read.ts';
import { errorHeaders, statusOf, writeError } from './error-write.ts';
import { converseName } from './ext.ts';
import { writeModel, writeModels } from './model.ts';
import { readRequest } from './request-read.ts';
import { writeRequest } from './request-write.ts';
import { readResponse } from './response-read.ts';
import { readStream } from './stream-read.ts';
import { writeStream } from './stream-write.ts';
import { mostDocuments } from './writing.ts';

const streamType = 'application/vnd.amazon.eventstream';

/** Amazon Bedrock's Converse and ConverseStream. */
export const bedrockConverse = {
  name: converseName,
  addressed: true,
  upstream: {
    writeRequest,
    readStream,
    readResponse,
    readError,
    streamType,
    pdf: mostDocuments,
    toolNames: /^[a-zA-Z0-9_-]{1,64}$/,
    means: ['web_search', 'code_execution'],
    count: { writeRequest: writeCountRequest, readResponse: readCountResponse },
    cannotSay: [
      'turn_name',
      'min_p',
      'frequency_penalty',
      'presence_penalty',
      'repetition_penalty',
      'seed',
      'user',
      'verbosity',
      'cache_key',
    ],
  },
  client: {
    readRequest,
    writeStream,
    writeResponse,
    writeError,
    errorHeaders,
    statusOf,
    writeModel,
    writeModels,
    streamType: () => streamType,
    readCount,
    writeCount: (tokens) => ({ inputTokens: tokens }),
    cannotSay: [],
    proofsOf: 'claude',
    ping: '',
    requestIdHeader: 'x-amzn-requestid',
  },
  embed,
} as const satisfies Dialect;
