import type { Call } from '../gateway/call.ts';
import { expositionOf } from '../observe/exposition.ts';
import type { PlainRequest } from './plain-request.ts';
import type { MetricsSource } from './serving.ts';

/** Tells the metrics, in the format that the scraper prefers. */
export async function tellMetrics(
  source: MetricsSource,
  { request: { headers }, visit }: Pick<PlainRequest, 'request' | 'visit'>,
  call: Call,
): Promise<void> {
  // Who asks is not a part of the answer.
  visit.uncount();
  const { contentType, text } = expositionOf(await source.gather(), headers.accept);
  const body = Buffer.from(text);
  call.record.status = 200;
  call.reply.head(200, { 'content-type': contentType, 'content-length': body.length });
  call.reply.end(body);
}
