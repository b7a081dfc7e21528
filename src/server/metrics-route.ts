import type { IncomingMessage } from 'node:http';
import type { Call } from '../gateway/call.ts';
import { expositionOf } from '../observe/exposition.ts';
import type { MetricsSource, Serving } from './serving.ts';

/** Tells the metrics, in the format that the scraper prefers. */
export async function tellMetrics(
  serving: Serving,
  source: MetricsSource,
  { headers }: IncomingMessage,
  call: Call,
): Promise<void> {
  // Who asks is not a part of the answer.
  serving.open.delete(call.id);
  const { contentType, text } = expositionOf(await source.gather(), headers.accept);
  const body = Buffer.from(text);
  call.record.status = 200;
  call.reply.head(200, { 'content-type': contentType, 'content-length': body.length });
  call.reply.end(body);
}
