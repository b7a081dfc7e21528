import type { Asked } from './asked.ts';
import type { SimulatedDialect } from './dialect.ts';

/** The header with the request's id, for a service that gives one. */
export function requestIdHeaders(dialect: SimulatedDialect, id: string): Record<string, string> {
  return dialect.requestIdHeader === undefined ? {} : { [dialect.requestIdHeader]: id };
}

/** Content type of the stream that is asked for. */
export function streamType(dialect: SimulatedDialect, asked: Asked): string {
  return dialect.streamType?.(asked.query, asked.path) ?? 'text/event-stream; charset=utf-8';
}
