import { z } from 'zod';
import { address, duration, flag, part, secret } from './field.ts';
import { headerName } from './tracing-environment.ts';

/** What is counted, and who may read it. */
export const metricsSchema = z.strictObject({
  enabled: flag().prefault(true).describe('Whether GET /metrics tells what was counted.'),
  open: flag()
    .prefault(false)
    .describe(
      'Whether they may be read without a key where there are keys. Without keys everybody who may call may read.',
    ),
});

/** Where traces go. */
export const tracingSchema = z.strictObject({
  endpoint: address()
    .describe(
      'Address that spans are posted to, such as "http://127.0.0.1:4318/v1/traces", which is the path where none is written. Without it there are no traces.',
    )
    .exactOptional(),
  headers: z
    .record(z.string().regex(headerName, { error: 'is no name of a header' }), secret())
    .prefault({})
    .describe('Headers that the collector wants, such as a key. They are kept as secrets.'),
  sample: part()
    .prefault(1)
    .describe(
      'Share of calls that are told, from 0 to 1. Where a client says that it keeps its trace, or does not, that counts.',
    ),
  propagate: flag().prefault(false).describe('Whether providers are told of the trace, by traceparent and tracestate.'),
  service: z.string().min(1).prefault('dragoman').describe('The name of the service in traces.'),
  attributes: z
    .record(z.string().min(1), z.string())
    .prefault({})
    .describe('What else is told of the service, such as deployment.environment.name.'),
  timeout: duration(1).prefault('10s').describe('Time that the collector has to take spans.'),
});
