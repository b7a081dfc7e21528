// Laws 6 and 7: a language's own request survives it, and in every other each part arrives or its loss is declared.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isObject } from '../../src/canon/json.ts';
import type { ChatRequest, Turn } from '../../src/canon/request.ts';
import { alienRequest } from './alien.ts';
import { lies, silentLosses, writeFor } from './arrival.ts';
import { clients, fixtures, requestOf, spoken } from './fixture.ts';
import { countOf, scalarsIn } from './marker.ts';
import { plantRequest } from './plant.ts';
import { assertSame } from './reading.ts';
import { misplaced } from './understanding.ts';

const asked = fixtures.flatMap((fixture) => {
  const request = requestOf(fixture);
  return request === undefined || fixture.request === undefined ? [] : [{ ...fixture, body: fixture.request, request }];
});

describe('law 6', () => {
  for (const { name, dialect, body, request } of asked) {
    const { client, upstream } = dialect;
    if (client === undefined) continue;

    test(`${name}: the request survives its own language`, () => {
      const { body: written, losses } = writeFor(dialect, request);
      assert.deepEqual(losses, []);
      assertSame(client.readRequest(JSON.parse(JSON.stringify(written)), {}), request, 'the request');
    });

    test(`${name}: the headers of the language survive it`, () => {
      const sent = Object.fromEntries(
        (dialect.pass?.requestHeaders ?? []).map((header) => [header, `${header} value`]),
      );
      const { headers } = client.readRequest(structuredClone(body), sent);
      const passed = { ...request, headers: headers ?? {} };
      // Some languages have a place for them in the body.
      const heard = client.readRequest(writeFor(dialect, passed).body, upstream.headers?.(passed) ?? {}).headers ?? {};
      for (const [header, value] of Object.entries(headers ?? {})) assert.equal(heard[header], value, header);
    });
  }

  for (const { name, request } of asked) {
    for (const dialect of spoken) {
      test(`${name} for ${dialect.name}: the same bytes each time, and the same as far as the conversation does`, () => {
        const { body } = writeFor(dialect, request);
        const bytes = JSON.stringify(body);
        assert.equal(JSON.stringify(writeFor(dialect, structuredClone(request)).body), bytes);
        const longer = writeFor(dialect, { ...request, turns: [...request.turns, ...nextTurns(request)] });
        assert.deepEqual(Object.keys(longer.body), Object.keys(body));
        const grown = Object.keys(body).filter((field) => !isStart(body[field], longer.body[field]));
        assert.deepEqual(grown, []);
        assert.notEqual(JSON.stringify(longer.body), bytes);
      });
    }
  }
});

/** A reply and a question, in the order that the conversation has come to. */
function nextTurns({ turns }: ChatRequest): Turn[] {
  const question: Turn = { role: 'user', content: [{ type: 'text', text: 'And then?' }] };
  const reply: Turn = { role: 'assistant', content: [{ type: 'text', text: 'Then it ended.' }] };
  return turns.at(-1)?.role === 'assistant' ? [question, reply] : [reply, question];
}

/**
 * Whether a field has the same bytes, or is a list that begins with the same bytes. Points that say up to where to cache
 * are no part of what is cached: the last one moves on with the conversation.
 */
function isStart(before: unknown, after: unknown): boolean {
  const [shorter, longer] = [before, after].map(withoutPoints);
  const bytes = JSON.stringify(shorter);
  if (JSON.stringify(longer) === bytes) return true;
  if (!Array.isArray(shorter) || !Array.isArray(longer)) return false;
  return JSON.stringify(longer.slice(0, shorter.length)) === bytes;
}

function withoutPoints(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((one) => !isObject(one) || one.cachePoint === undefined).map(withoutPoints);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, withoutPoints(inner)]));
}

describe('law 7', () => {
  for (const { name, request } of asked) {
    const planted = plantRequest(request);
    for (const dialect of spoken) {
      test(`${name} for ${dialect.name}: each part arrives, or its loss is declared`, () => {
        const silent = silentLosses(dialect, planted.request, planted.parts);
        assert.deepEqual(
          silent.map(({ path, kind, needles }) => ({ path, kind, needles })),
          [],
        );
      });
    }
    for (const target of clients) {
      test(`${name} for ${target.name}: what arrives is understood as it was meant`, () => {
        const { body } = writeFor(target, planted.request);
        const heard = target.client.readRequest(
          JSON.parse(JSON.stringify(body)),
          target.upstream.headers?.(planted.request) ?? {},
        );
        assert.ok(isObject(body));
        assert.deepEqual(
          misplaced(planted.request, heard, planted.parts, writeFor(target, planted.request).losses),
          [],
        );
      });
    }
  }

  for (const dialect of spoken) {
    test(`${dialect.name}: what only another language knows stays out, and is declared`, () => {
      const { request, markers, places } = alienRequest(dialect.name);
      const { body, losses } = writeFor(dialect, request);
      const scalars = scalarsIn(body);
      assert.deepEqual(
        markers.filter((marker) => countOf([marker], scalars) > 0),
        [],
      );
      assert.deepEqual(
        places.filter((place) => !losses.some(({ what, path }) => what === 'dropped' && lies(place, path))),
        [],
      );
    });
  }
});
