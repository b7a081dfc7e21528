// Law 14: tools that were met before arrive as if they were read for the first time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/canon/json.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import { Carriages } from '../../src/gateway/carriages.ts';
import type { Experience } from '../../src/gateway/incoming.ts';
import { KeptTools, type MetTools } from '../../src/gateway/kept-tools.ts';
import type { CallRecord } from '../../src/observe/call.ts';
import { type Asked, asked, bytesOf, lengthened, piecesOf, preparedFor, sourceOf, spelledOut } from './asking.ts';
import { spoken } from './fixture.ts';

/** What stands last in a list decides what is read; each is long enough to be kept. */
const own: { readonly [dialect: string]: JsonObject } = {
  anthropic: {
    name: 'plain',
    description: 'Läuft'.repeat(50),
    input_schema: { $schema: 'x', type: 'object', properties: {} },
  },
  'openai-chat': {
    type: 'function',
    function: { name: 'plain', description: 'Läuft'.repeat(50), parameters: { $schema: 'x', properties: {} } },
  },
};

const kept = asked
  .filter(({ name, body }) => Array.isArray(body['tools']) || name.startsWith('anthropic/text'))
  .map(({ body, ...rest }): Asked => ({ ...rest, body: withOwn(body, rest.dialect) }));

const forms: { readonly [form: string]: (body: JsonObject) => readonly Buffer[] } = {
  short: (body) => [Buffer.from(JSON.stringify(body))],
  spaced: (body) => [Buffer.from(JSON.stringify(body, undefined, 1))],
  'in pieces': (body) => piecesOf(Buffer.from(JSON.stringify(body))),
  long: (body) => piecesOf(bytesOf(lengthened(body))),
};

describe('law 14', () => {
  test('there are tools of each kind', () => {
    assert.ok(kept.length >= 10);
  });

  for (const { name, dialect, body } of kept) {
    for (const [form, piecesFor] of Object.entries(forms)) {
      for (const target of spoken.filter((each) => each.name !== dialect.name)) {
        test(`${name}, ${form}, for ${target.name}`, () => {
          const experience = experienced(dialect);
          const pieces = piecesFor(body);
          const fresh = arrival(dialect, pieces, target);
          // Other conversations with the same tools, and one with others.
          for (let i = 0; i < 3; i++) {
            const other = piecesFor({ ...body, messages: [{ role: 'user', content: `Good day ${i}` }] });
            preparedFor(target, sourceOf(dialect, other, experience)).body.whole();
          }
          for (let i = 1; i <= 2; i++) {
            experience.keptTools.found = 0;
            assert.deepEqual(arrival(dialect, pieces, target, experience), fresh);
            assert.equal(experience.keptTools.found, 1);
          }
        });
      }
    }
  }
});

function withOwn(body: JsonObject, { name }: Dialect): JsonObject {
  return { model: 'm', ...body, tools: [...((body['tools'] as JsonObject[] | undefined) ?? []), own[name]] };
}

class CountingTools extends KeptTools {
  found = 0;

  override find(...place: Parameters<KeptTools['find']>): MetTools | undefined {
    const met = super.find(...place);
    if (met !== undefined) this.found += 1;
    return met;
  }
}

function experienced({ name }: Dialect): Experience & { readonly keptTools: CountingTools } {
  const carriages = new Carriages();
  carriages.learn({ client: name, model: 'm', carriage: 'translated' } as CallRecord);
  return { carriages, keptTools: new CountingTools() };
}

function arrival(
  dialect: Asked['dialect'],
  pieces: readonly Buffer[],
  target: Dialect,
  experience?: Experience,
): unknown {
  const { losses, body, request } = preparedFor(target, sourceOf(dialect, pieces, experience));
  return { bytes: body.whole().toString().replaceAll(spelledOut, '/'), losses, request: request() };
}
