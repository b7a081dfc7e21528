import type { GatewayError } from '../canon/error.ts';
import type { Event } from '../canon/event.ts';
import { createFold } from '../canon/fold.ts';
import type { Turn } from '../canon/request.ts';
import { summedUsage, type Usage } from '../canon/usage.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Provider, Route } from '../providers/provider.ts';
import { readRefusal } from './answer.ts';
import { formatMeans } from './answer-tool.ts';
import { attempted, judged, maxRepeats } from './checked-answer.ts';
import type { Delivered } from './delivery.ts';
import type { Gateway } from './gateway.ts';
import { asking, type Incoming } from './incoming.ts';
import type { Outgoing } from './outgoing.ts';
import { jsonReply, receiptHeaders, streamHeaders, withoutSecrets } from './reply.ts';
import { sendTo } from './wire-call.ts';

/** Whether an answer's form can only be asked for in words on this route, and so has to be looked at before it is believed. */
export function mustBeChecked(source: Incoming, { speaks, quirks }: Route): boolean {
  if (speaks === source.call.dialect.name) return false;
  const { request } = source.outline();
  return request.format !== undefined && formatMeans(request, dialectNamed(speaks).upstream, quirks) === 'words';
}

/** The same call for a whole answer: one that is still being written cannot be looked at. */
export function unstreamed(source: Incoming): Incoming {
  return { ...asking(source, () => ({ ...source.request(), stream: false })), stream: false };
}

/** The same call with more said in it. */
export function withTurns(source: Incoming, turns: readonly Turn[]): Incoming {
  const request = source.request();
  return asking(source, () => ({ ...request, turns: [...request.turns, ...turns] }));
}

/**
 * Has an answer made until it has the form that was asked for, a few times at most, and delivers the last one, streamed
 * where the client wants a stream.
 * @param again makes the request anew with more turns.
 */
export async function deliverChecked(
  gateway: Gateway,
  provider: Provider,
  first: Outgoing,
  source: Incoming,
  again: (turns: readonly Turn[]) => Outgoing,
): Promise<Delivered> {
  const { call } = source;
  const usages: Usage[] = [];
  const added: Turn[] = [];
  for (let outgoing = first, repeats = 0; ; repeats++, outgoing = again(added)) {
    call.record.tries += 1;
    const { status, headers, body } = await sendTo(gateway, provider, outgoing, outgoing.route.path);
    if (call.reply.gone) {
      call.record.error = 'client_gone';
      return { delivered: true, unanswered: true };
    }
    if (status < 200 || status >= 300) return failed(gateway, readRefusal(outgoing.route, status, headers, body));
    const attempt = attempted(outgoing, body, headers, (mend) => call.record.mends.push(mend));
    if (attempt.answer.error !== undefined) return failed(gateway, attempt.answer.error);
    usages.push(attempt.answer.usage);
    const { format } = source.request();
    const verdict = format === undefined ? undefined : judged(attempt, format);
    if (verdict?.good === false && repeats < maxRepeats) {
      added.push(...verdict.turns);
      continue;
    }
    if (verdict?.good === false) {
      const why = `after ${maxRepeats + 1} tries the answer still has another form`;
      call.record.losses = [...call.record.losses, { what: 'approximated', path: 'format', why }];
    }
    const events = verdict?.good === true ? verdict.events : attempt.events;
    deliver(source, withUsage(events, summedUsage(usages)));
    return { delivered: true };
  }
}

function failed(gateway: Gateway, error: GatewayError): Delivered {
  return { delivered: false, error: withoutSecrets(error, gateway.redact) };
}

/** Only the sum is told. */
function withUsage(events: readonly Event[], usage: Usage): Event[] {
  const others = events.filter(({ type }) => type !== 'usage');
  const end = others.findIndex(({ type }) => type === 'finish');
  return others.toSpliced(end, 0, { type: 'usage', usage });
}

function deliver({ call, request }: Incoming, events: readonly Event[]): void {
  const { client } = call.dialect;
  const asked = { ...request(), stream: call.record.stream };
  const keep = call.keep?.(asked);
  const fold = createFold();
  const pieces: Uint8Array[] = [];
  const written = call.record.stream
    ? client.writeStream((piece) => pieces.push(Buffer.from(piece as Uint8Array)), asked)
    : fold.sink;
  const sink = keep?.(written) ?? written;
  for (const event of events) {
    if (event.type === 'usage') call.record.usage = event.usage;
    sink(event);
  }
  call.record.firstByteMs = performance.now() - call.began;
  if (!call.record.stream) {
    return jsonReply(
      call,
      200,
      Buffer.from(JSON.stringify(client.writeResponse(fold.result(), asked))),
      receiptHeaders(call),
    );
  }
  call.record.status = 200;
  call.reply.head(
    200,
    streamHeaders(call, () => asked),
  );
  call.reply.end(Buffer.concat(pieces));
}
