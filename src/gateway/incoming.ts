import { GatewayError } from '../canon/error.ts';
import { isObject, type JsonObject } from '../canon/json.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import { sealMark } from '../canon/seal-mark.ts';
import type { Pieces } from '../wire/pieces.ts';
import { type BodyScan, NotJson, scanBody } from '../wire/splice.ts';
import type { Call } from './call.ts';
import type { ClientAnswer } from './client-answer.ts';

/** A call's request as first read; the canonical form is made at most once, whatever number of providers is tried. */
export interface Incoming {
  readonly call: Call;
  /** Nothing where the client named none. */
  readonly model: string | undefined;
  readonly stream: boolean;
  /** Where the model's name stands in the body, for languages that have it there. */
  readonly scan?: BodyScan;
  request(): ChatRequest;
  /** What was lost before any target was known to ask. */
  readonly losses?: readonly Loss[];
  /** Where an answer is streamed that others may go on with should it break off. */
  answer?: ClientAnswer;
  /** Whether there are proofs in it that were sealed here: its bytes are not for any provider. */
  isSealed(): boolean;
}

/** Looks at a client's body as far as it must be looked at. @throws invalid_request */
export function incoming(call: Call): Incoming {
  let request: ChatRequest | undefined;
  let sealed: boolean | undefined;
  const { address } = call;
  const scan = address === undefined ? scanned(call.body) : undefined;
  return {
    call,
    model: address?.model ?? scan?.model,
    stream: address?.stream ?? scan?.stream ?? false,
    ...(scan !== undefined && { scan }),
    request: () => {
      request ??= call.dialect.client.readRequest({ ...openBody(call), ...call.resolved }, call.headers);
      return request;
    },
    isSealed: () => {
      sealed ??= scan?.marked ?? call.body.whole().includes(`"${sealMark}`);
      return sealed;
    },
  };
}

/** The body as JSON, with what the client said in the path. @throws invalid_request */
export function openBody({ body, address }: Pick<Call, 'body' | 'address'>): JsonObject {
  const parsed = parseBody(body);
  if (address === undefined) return parsed;
  const { model, stream, members } = address;
  return { ...parsed, ...members, model, stream };
}

function scanned(body: Pieces): BodyScan {
  try {
    return scanBody(body, sealMark);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new GatewayError(
      'invalid_request',
      `The request body is not valid JSON: ${error.message} (at byte ${error.at})`,
      { cause: error },
    );
  }
}

/** The body as JSON, or the client's error. */
export function parseBody(pieces: Pieces): JsonObject {
  const text = pieces.text();
  if (text === undefined) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (cause) {
    throw new GatewayError('invalid_request', `The request body is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (!isObject(parsed)) throw new GatewayError('invalid_request', 'The request body is not a JSON object.');
  return parsed;
}
