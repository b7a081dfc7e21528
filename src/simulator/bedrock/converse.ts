import type { SimulatedDialect } from '../dialect.ts';
import { writeWhole } from './answer.ts';
import { keysIn, unauthorized } from './door.ts';
import { errorFrame, overflow, writeError } from './error.ts';
import { EVENT_STREAM, encodeEvent } from './event-stream.ts';
import { writeModel, writeModels } from './models.ts';
import { addressOf } from './path.ts';
import { readRequest } from './read.ts';
import { signatureProblem } from './sigv4.ts';
import { writeStream } from './stream.ts';
import { checkRequest } from './validate.ts';

const MODELS = /(?:^|\/)foundation-models(?:\/(.+))?$/;

/** Amazon Bedrock's own language for every model: Converse, its stream, and the count of its tokens. */
export const bedrockConverse: SimulatedDialect = {
  name: 'bedrock-converse',
  prefixes: { answer: 'msg_bdrk_', call: 'tooluse_' },
  requestIdHeader: 'x-amzn-requestid',
  isClient: ({ authorization }, path) =>
    authorization?.startsWith('AWS4-') === true || MODELS.test(path) || path.includes('/model/'),
  address: (path) => addressOf(path, ['converse', 'converse-stream', 'count-tokens']),
  keys: keysIn,
  unauthorized,
  verify: (request, account) => signatureProblem(request, account, Date.now()),
  check: checkRequest,
  read: readRequest,
  whole: writeWhole,
  stream: writeStream,
  streamType: () => EVENT_STREAM,
  count: (asked) => ({ inputTokens: asked.inputTokens }),
  modelsPath: MODELS,
  models: writeModels,
  model: writeModel,
  error: writeError,
  errorFrame,
  malformedFrame: () => encodeEvent('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"te'),
  overflow,
};
