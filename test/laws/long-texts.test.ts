// Law 13: what a translation does not look into arrives as if it had.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isObject, type JsonObject } from '../../src/canon/json.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import type { Call, ClientDialect } from '../../src/gateway/call.ts';
import { asking, type Incoming, incoming } from '../../src/gateway/incoming.ts';
import { type Outgoing, prepare } from '../../src/gateway/outgoing.ts';
import { createSealer } from '../../src/gateway/seal.ts';
import { Pieces } from '../../src/wire/pieces.ts';
import { writeFor } from './arrival.ts';
import { clients, fixtures, requestOf, spoken } from './fixture.ts';
import { plantRequest } from './plant.ts';

/** JSON has two ways to spell a slash: only what was not read keeps the longer one. */
const slash = '<slash>';
const spelledOut = String.raw`\/`;

/** What a text goes on with: everything that JSON escapes, characters of each length, and blanks. */
const filler = ` "quoted" \\ back${slash}slash\n\ttab\u0001 é → 漢字 😀 {"not": [json]} `.repeat(24);

const outlining = clients.filter(({ client }) => client.outlined === true);

/** Everything that any language can say, said in a client's own. */
const asked = outlining.flatMap((dialect) =>
  fixtures.flatMap((fixture) => {
    const request = requestOf(fixture);
    if (request === undefined) return [];
    const { body } = writeFor(dialect, plantRequest(request).request);
    return [
      { name: `${fixture.name} in ${dialect.name}`, dialect, bytes: bytesOf(lengthened({ model: 'm', ...body })) },
    ];
  }),
);

test('the clients of two languages at least may leave texts unread', () => {
  assert.ok(outlining.length >= 2);
});

describe('law 13', () => {
  for (const { name, dialect, bytes } of asked) {
    for (const target of spoken.filter((each) => each.name !== dialect.name)) {
      test(`${name} for ${target.name}: long texts arrive as when they are read`, () => {
        const source = sourceOf(dialect, bytes);
        const read = asking(source, source.request);
        const [left, whole] = [source, read].map((each) => preparedFor(target, each)) as [Outgoing, Outgoing];
        assert.deepEqual(JSON.parse(left.body.whole().toString()), JSON.parse(whole.body.whole().toString()));
        assert.deepEqual(left.losses, whole.losses);
        assert.deepEqual(left.request(), whole.request());
        assert.deepEqual(left.open(), whole.open());
      });
    }
  }

  test('the spelling shows that they were not read', () => {
    for (const { name, dialect, bytes } of asked) {
      const source = sourceOf(dialect, bytes);
      if (source.outline().texts === undefined) continue;
      for (const target of spoken.filter((each) => each.name !== dialect.name)) {
        const written = preparedFor(target, source).body.whole().toString();
        assert.ok(written.includes(spelledOut), `${name} for ${target.name}`);
      }
    }
  });
});

function sourceOf(dialect: ClientDialect, bytes: Buffer): Incoming {
  // Pieces as they come over a network.
  const pieces = [bytes.subarray(0, 1500), bytes.subarray(1500, 4096), bytes.subarray(4096)];
  return incoming({ dialect, headers: {}, body: new Pieces(pieces), record: {} } as Call);
}

function preparedFor(dialect: Dialect, source: Incoming): Outgoing {
  const route = { dialect, origin: 'http://provider', path: '/' };
  return prepare(source, route, {
    model: 'their-name',
    route: { quirks: {} },
    remedies: [],
    provider: 'p',
    sealer: createSealer('s'),
  });
}

/** The same request with every text of its instructions, turns and tools made long. */
function lengthened({ system, messages, tools, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(Array.isArray(tools) && { tools: tools.map(lengthenedTool) }),
    ...(system !== undefined && { system: Array.isArray(system) ? system.map(lengthenedBlock) : longer(system) }),
    messages: Array.isArray(messages) ? messages.map(lengthenedTurn) : messages,
  };
}

/** Of each language: what a tool is for stands in it, or in its function. */
function lengthenedTool(tool: JsonObject): JsonObject {
  return {
    ...tool,
    ...(tool['description'] !== undefined && { description: longer(tool['description']) }),
    ...(isObject(tool['function']) && { function: lengthenedTool(tool['function']) }),
  };
}

function lengthenedTurn(turn: JsonObject): JsonObject {
  const { content } = turn;
  return { ...turn, content: Array.isArray(content) ? content.map(lengthenedBlock) : longer(content) };
}

function lengthenedBlock(block: unknown): unknown {
  if (!isObject(block)) return block;
  const grown = { ...block };
  if ('text' in block) grown['text'] = longer(block['text']);
  if (typeof block['content'] === 'string') grown['content'] = longer(block['content']);
  else if (Array.isArray(block['content'])) grown['content'] = block['content'].map(lengthenedBlock);
  return grown;
}

function longer(text: unknown): unknown {
  return typeof text === 'string' && text !== '' ? `${text}${filler}the end` : text;
}

function bytesOf(body: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(body).replaceAll(slash, spelledOut));
}
