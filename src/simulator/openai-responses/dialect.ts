import type { SimulatedDialect } from '../dialect.ts';
import { writeError } from '../openai-chat/error.ts';
import { keysIn, unauthorized } from '../openai-chat/keys.ts';
import { writeModel, writeModels } from '../openai-chat/models.ts';
import { frameWriter } from '../sse.ts';
import { writeWhole } from './answer.ts';
import { errorFrame, overflow } from './error.ts';
import { rememberResponse } from './memory.ts';
import { readRequest } from './read.ts';
import { writeStream } from './stream.ts';
import { checkRequest } from './validate.ts';

const PATH = /(?:^|\/)responses(\/input_tokens)?$/;

/** OpenAI's Responses, under any prefix. */
export const openaiResponses: SimulatedDialect = {
  name: 'openai-responses',
  prefixes: { answer: 'resp_', call: 'call_' },
  requestIdHeader: 'x-request-id',
  isClient: () => false,
  address(path) {
    const found = PATH.exec(path);
    if (found === null) return undefined;
    return { operation: found[1] === undefined ? 'answer' : 'count' };
  },
  keys: keysIn,
  unauthorized,
  check: checkRequest,
  read: readRequest,
  whole: writeWhole,
  stream: writeStream,
  remember: rememberResponse,
  count: (asked) => ({ object: 'response.input_tokens', input_tokens: asked.inputTokens }),
  models: (ids, _query, rules) => writeModels(ids, rules),
  model: writeModel,
  error: writeError,
  errorFrame,
  malformedFrame: (manner) =>
    frameWriter(manner)(
      '{"type":"response.output_text.delta","item_id":"msg_simulator","output_index":0,"del',
      manner.responses?.eventLines === false ? undefined : 'response.output_text.delta',
    ),
  overflow,
};
