// Law 8: errors keep their kind through every client.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorKind, errorKinds, GatewayError } from '../../src/canon/error.ts';
import type { Event } from '../../src/canon/event.ts';
import { isObject, type JsonObject } from '../../src/canon/json.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import { clients, fixtures } from './fixture.ts';
import { emptyRequest } from './passing.ts';
import { readStreamed, writeStreamed } from './reading.ts';

/** A refusal as it comes over HTTP. */
function readRefusal({ upstream }: Pick<Dialect, 'upstream'>, { status, headers, body }: JsonObject): GatewayError {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  assert.ok(typeof status === 'number');
  return upstream.readError(status, (isObject(headers) ? headers : {}) as { [name: string]: string }, bytes);
}

/** The same refusal, as a client of another language is told of it, and reads it. */
function passOn(error: GatewayError, { upstream, client }: (typeof clients)[number]): GatewayError {
  const { retryAfter, shouldRetry } = error.details;
  const headers = {
    ...client.errorHeaders?.(error),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(shouldRetry !== undefined && { 'x-should-retry': String(shouldRetry) }),
  };
  const status = client.statusOf?.(error) ?? error.status;
  const body = Buffer.from(JSON.stringify(client.writeError(error, 'req_1')));
  return upstream.readError(status, headers, body);
}

/** Kinds that some languages have one word for; what the client does about them is the same. */
const siblings: { readonly [kind in ErrorKind]?: ErrorKind } = {
  content_policy: 'invalid_request',
  unavailable: 'overloaded',
};
/** And without a status. */
const siblingsInStreams: { readonly [kind in ErrorKind]?: ErrorKind } = {
  ...siblings,
  bad_upstream: 'internal',
  upstream_timeout: 'timeout',
};

describe('law 8', () => {
  for (const { name, dialect, error: refusal, canon } of fixtures) {
    if (refusal === undefined || !isObject(canon.error)) continue;
    const meant = canon.error;

    test(`${name}: the error means what canon.json says`, () => {
      const { kind, status, message, details } = readRefusal(dialect, refusal);
      const { origin: _, cause: __, ...hints } = details;
      const said: JsonObject = { kind, status, message, details: hints };
      for (const [field, value] of Object.entries(meant)) assert.deepEqual(said[field], value, field);
      assert.equal(kind, meant.kind);
    });

    for (const client of clients) {
      test(`${name}: a ${client.name} client learns of the same`, () => {
        const error = readRefusal(dialect, refusal);
        const heard = passOn(error, client);
        assert.equal(heard.kind, error.kind);
        for (const hint of ['retryAfter', 'shouldRetry', 'tokens', 'limit'] as const) {
          assert.equal(heard.details[hint], error.details[hint], hint);
        }
        assert.ok(heard.message.length > 0);
      });
    }
  }

  for (const client of clients) {
    for (const kind of Object.keys(errorKinds) as ErrorKind[]) {
      test(`a ${client.name} client can tell ${kind}`, () => {
        const error = new GatewayError(kind, 'It did not work.', { retryAfter: 7, shouldRetry: true });
        const heard = passOn(error, client);
        assert.ok(heard.kind === kind || heard.kind === siblings[kind], heard.kind);
        assert.equal(heard.details.retryAfter, 7);
        assert.equal(heard.details.shouldRetry, true);
      });

      test(`a ${client.name} client can tell ${kind} inside an answer`, () => {
        const events: Event[] = [
          { type: 'start', id: 'answer_1', model: 'some-model' },
          { type: 'error', error: new GatewayError(kind, 'It did not work.') },
        ];
        const heard = readStreamed(client.upstream, [writeStreamed(client.client, emptyRequest(client), events)]).at(
          -1,
        );
        assert.ok(heard?.type === 'error');
        assert.ok(heard.error.kind === kind || heard.error.kind === siblingsInStreams[kind], heard.error.kind);
        assert.match(heard.error.message, /It did not work\./);
      });
    }
  }
});
