import type { ClientRequest } from './request.ts';
import type { Visit } from './visit.ts';

/** A request for a path without a model call behind it. */
export interface PlainRequest {
  readonly request: ClientRequest;
  readonly visit: Visit;
  readonly path: string;
  readonly query: string;
}
