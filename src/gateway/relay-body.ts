import { GatewayError } from '../canon/error.ts';
import { boundaryOf, NotForm, scanForm, spliceField } from '../wire/multipart.ts';
import { Pieces } from '../wire/pieces.ts';
import { spliceModel } from '../wire/splice.ts';
import type { Call } from './call.ts';
import { incoming } from './incoming.ts';

/** What a body that is passed on says of itself. */
export interface RelayBody {
  readonly model: string | undefined;
  readonly stream: boolean;
  /** The body with the provider's name of the model, every other byte as it was; nothing where there is no body. */
  named(model: string): Pieces | undefined;
}

/** Looks into a body for the model's name: JSON and forms have one, other bodies none. @throws invalid_request */
export function relayBody(call: Call): RelayBody {
  const { body, headers } = call;
  if (body.length === 0) return { model: undefined, stream: false, named: () => undefined };
  const type = headers['content-type'] ?? 'application/json';
  const boundary = boundaryOf(type);
  if (boundary !== undefined) return formBody(body.whole(), boundary);
  if (/^\s*multipart\//i.test(type)) throw badForm('content-type names no boundary of the form.');
  if (!/json/i.test(type)) return { model: undefined, stream: false, named: () => body };
  const source = incoming(call);
  const { model, stream } = source;
  const scan = source.scan();
  return {
    model,
    stream,
    named: (name) => (scan === undefined || model === undefined ? body : spliceModel(body, scan, name)),
  };
}

function formBody(body: Buffer, boundary: string): RelayBody {
  const fields = fieldsIn(body, boundary);
  const model = fields.get('model');
  const stream = fields.get('stream');
  const text = (field = { start: 0, end: 0 }): string => body.toString('utf8', field.start, field.end);
  return {
    model: model === undefined ? undefined : text(model),
    stream: /^(?:true|1)$/i.test(text(stream)),
    named: (name) => Pieces.of(model === undefined || name === text(model) ? body : spliceField(body, model, name)),
  };
}

function fieldsIn(body: Buffer, boundary: string): ReturnType<typeof scanForm> {
  try {
    return scanForm(body, boundary, ['model', 'stream']);
  } catch (error) {
    if (!(error instanceof NotForm)) throw error;
    throw badForm(error.message, error);
  }
}

function badForm(message: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_request', `The request body is not a valid form: ${message}`, { cause });
}
