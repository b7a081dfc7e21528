import type { IncomingHttpHeaders } from 'node:http';
import type { Address, ErrorAnswer, IncomingCall, SimulatedDialect } from '../dialect.ts';
import { type JsonObject, textOf } from '../json.ts';
import type { Problem } from '../problem.ts';
import { asOwnCall, checkCloudVersion } from './cloud.ts';
import { anthropic } from './dialect.ts';
import { writeError } from './error.ts';
import { refuse } from './refusal.ts';

const PATH =
  /(?:^|\/)projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/([^/]+):(rawPredict|streamRawPredict)$/;
/** Not a model: what is sent to it is counted. */
const COUNTER = 'count-tokens';

/** The words that Google has for statuses, for what its own door refuses. */
const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};
const MESSAGES: Readonly<Record<number, string>> = {
  403: "Permission 'aiplatform.endpoints.predict' denied on resource (or it may not exist).",
  404: 'Publisher Model was not found or your project does not have access to it.',
  429: 'Resource exhausted. Please try again later.',
  503: 'The service is currently unavailable.',
};

function keysIn(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? [] : [bearer];
}

function addressOf(path: string): Address | undefined {
  const found = PATH.exec(path);
  if (found === null) return undefined;
  const model = decodeURIComponent(found[1] ?? '');
  if (model === COUNTER) return { operation: 'count', stream: false };
  return { operation: 'answer', model, stream: found[2] === 'streamRawPredict' };
}

/** A count names its model in the body, as Anthropic's own service has it. */
function ownCall(call: IncomingCall): IncomingCall {
  const { body } = call;
  return asOwnCall(call, { body, model: call.model ?? textOf(body.model), stream: call.stream === true });
}

function check(call: IncomingCall): void {
  checkCloudVersion(call.body.anthropic_version, 'vertex');
  if (call.model !== undefined && call.body.model !== undefined) refuse('model: Extra inputs are not permitted');
  anthropic.check(ownCall(call));
}

function errorAnswer(problem: Problem, context: Parameters<SimulatedDialect['error']>[1]): ErrorAnswer {
  const word = STATUSES[problem.status];
  if (word === undefined || problem.type !== undefined) return writeError(problem, context);
  const message = problem.message === '' ? (MESSAGES[problem.status] ?? 'Error') : problem.message;
  const body: JsonObject = { error: { code: problem.status, message, status: word } };
  return { status: problem.status, headers: problem.headers ?? {}, body: problem.body ?? body };
}

/** Claude as Google's Vertex serves it: Anthropic's language, with the model in the path and the version in the body. */
export const vertexAnthropic: SimulatedDialect = {
  ...anthropic,
  name: 'vertex-anthropic',
  prefixes: { answer: 'msg_vrtx_', call: 'toolu_vrtx_' },
  isClient: (_headers, path) => path.includes('/publishers/anthropic/'),
  address: addressOf,
  keys: keysIn,
  unauthorized: () => ({
    status: 401,
    message:
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
      'authentication credential.',
  }),
  check,
  read: (call) => ({ ...anthropic.read(ownCall(call)), dialect: 'vertex-anthropic' }),
  error: errorAnswer,
};
