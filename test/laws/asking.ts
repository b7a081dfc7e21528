import { isObject, type JsonObject } from '../../src/canon/json.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import type { Call, ClientDialect } from '../../src/gateway/call.ts';
import { type Experience, type Incoming, incoming } from '../../src/gateway/incoming.ts';
import { type Outgoing, prepare } from '../../src/gateway/outgoing.ts';
import { createSealer } from '../../src/gateway/seal.ts';
import { Pieces } from '../../src/wire/pieces.ts';
import { writeFor } from './arrival.ts';
import { clients, fixtures, requestOf } from './fixture.ts';
import { plantRequest } from './plant.ts';

/** JSON has two ways to spell a slash: only what was not read keeps the longer one. */
const slash = '<slash>';
export const spelledOut = String.raw`\/`;

/** What a text goes on with: everything that JSON escapes, characters of each length, and blanks. */
const filler = ` "quoted" \\ back${slash}slash\n\ttab\u0001 é → 漢字 😀 {"not": [json]} `.repeat(24);

/** Languages whose clients may leave texts unread. */
export const outlining = clients.filter(({ client }) => client.outlined === true);

/** Everything that any language can say, said in a client's own. */
export interface Asked {
  readonly name: string;
  readonly dialect: ClientDialect;
  readonly body: JsonObject;
}

export const asked: readonly Asked[] = outlining.flatMap((dialect) =>
  fixtures.flatMap((fixture) => {
    const request = requestOf(fixture);
    if (request === undefined) return [];
    const { body } = writeFor(dialect, plantRequest(request).request);
    return [{ name: `${fixture.name} in ${dialect.name}`, dialect, body: { ...body, model: 'm' } }];
  }),
);

/** Pieces as they come over a network. */
export function piecesOf(bytes: Buffer): readonly Buffer[] {
  return [bytes.subarray(0, 1500), bytes.subarray(1500, 4096), bytes.subarray(4096)].filter(({ length }) => length > 0);
}

/** A client's call. */
export function sourceOf(dialect: ClientDialect, pieces: readonly Buffer[], experience?: Experience): Incoming {
  return incoming({ dialect, headers: {}, body: new Pieces(pieces), record: {} } as Call, experience);
}

/** What a provider of another language is sent. */
export function preparedFor(dialect: Dialect, source: Incoming): Outgoing {
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
export function lengthened({ system, messages, tools, ...rest }: JsonObject): JsonObject {
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

export function bytesOf(body: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(body).replaceAll(slash, spelledOut));
}
