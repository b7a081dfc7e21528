import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Block, DialectName } from '../../src/canon/content.ts';
import { createFold } from '../../src/canon/fold.ts';
import type { JsonObject } from '../../src/canon/json.ts';
import type { ChatRequest } from '../../src/canon/request.ts';
import type { ClientSide } from '../../src/dialects/dialect.ts';
import { dialectNamed } from '../../src/dialects/index.ts';
import { type Rig, startRig } from '../gateway/rig.ts';
import { type Answer, speak } from './corpus.ts';
import { type Manner, reply } from './model.ts';

/** Languages that providers speak here. */
export const languages = ['anthropic', 'openai-chat', 'openai-responses', 'gemini', 'bedrock-converse'] as const;

export type Language = (typeof languages)[number];

/** How the first provider fails. */
export interface Cut {
  /** Bytes of its stream that come. */
  readonly at: number;
  /** The connection breaks, or ends as if all had been said. */
  readonly how: 'breaks' | 'ends';
}

/** What is played to one call. */
export interface Play {
  readonly answer: Answer;
  readonly cut?: Cut;
  readonly manner: Manner;
  /** What the second provider made of what it was asked; set when that was wrong. */
  fault?: unknown;
  /** Calls that each provider got. */
  asked: string[];
}

/** Two providers of each language, of which the first breaks off, and a gateway before them. */
export interface Stage {
  readonly rig: Rig;
  /** Plays to the calls that ask with this word. */
  play(word: string, play: Play): void;
}

export async function startStage(t: TestContext, more: object = {}): Promise<Stage> {
  const plays = new Map<string, Play>();
  const origin = await serve(t, plays);
  const base = (role: string, speaks: Language): string =>
    `${origin}/${role}/${speaks}${speaks.startsWith('openai') ? '/v1' : ''}`;
  const provider = (role: string, speaks: Language): object => ({
    speaks,
    base_url: base(role, speaks),
    api_key: 'provider-key',
  });
  const roles = ['first', 'second'];
  const providers = Object.fromEntries(
    languages.flatMap((speaks) => roles.map((role) => [`${role}-${speaks}`, provider(role, speaks)])),
  );
  const pairs = languages.flatMap((one) => languages.map((other) => [one, other] as const));
  const rig = await startRig(t, {
    providers,
    models: Object.fromEntries(
      pairs.map(([one, other]) => [
        `${one}--${other}`,
        // A model that takes the beginning of its answer, and one that does not.
        [
          `first-${one}/claude-opus-4-8`,
          `second-${other}/${other === 'anthropic' ? 'claude-sonnet-4-5' : 'some-model'}`,
        ],
      ]),
    ),
    breaker: { failures: 1_000_000, rate: 1, calls: 1_000_000 },
    ...more,
  });
  return {
    rig,
    play(word, play) {
      plays.set(word, play);
    },
  };
}

async function serve(t: TestContext, plays: ReadonlyMap<string, Play>): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(plays, request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(
  plays: ReadonlyMap<string, Play>,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const [, role = '', language = ''] = (request.url ?? '').split('/');
  const text = body.toString();
  const word = /word-[\w-]+-/.exec(text)?.[0] ?? '';
  const play = plays.get(word);
  if (play === undefined) {
    response.writeHead(500).end();
    return;
  }
  play.asked.push(role);
  let stream: Buffer;
  try {
    stream = streamOf(language as Language, JSON.parse(text) as JsonObject, play, role);
  } catch (error) {
    play.fault = error;
    response.writeHead(500).end(JSON.stringify({ error: { message: String(error) } }));
    return;
  }
  const { streamType = 'text/event-stream' } = dialectNamed(language as DialectName).upstream;
  response.writeHead(200, { 'content-type': streamType });
  const { cut } = play;
  if (role !== 'first' || cut === undefined) response.end(stream);
  else if (cut.how === 'ends') response.end(stream.subarray(0, cut.at));
  else response.write(stream.subarray(0, cut.at), () => setImmediate(() => response.destroy()));
}

/** What a provider of that language says to this request, as a stream. */
export function streamOf(language: Language, body: JsonObject, play: Play, role: string): Buffer {
  const { client, request, content } = heard(language, body, play, role);
  const pieces: Uint8Array[] = [];
  const sink = client.writeStream((piece) => pieces.push(Buffer.from(piece as Uint8Array)), request);
  speak(content, sink, role === 'first' ? 'answer_1' : 'answer_2');
  return Buffer.concat(pieces);
}

/** The same, as one JSON body. */
export function wholeOf(language: Language, body: JsonObject, play: Play, role: string): Buffer {
  const { client, request, content } = heard(language, body, play, role);
  const fold = createFold();
  speak(content, fold.sink, role === 'first' ? 'answer_1' : 'answer_2');
  return Buffer.from(JSON.stringify(client.writeResponse(fold.result(), request)));
}

function heard(
  language: Language,
  body: JsonObject,
  { answer, manner }: Pick<Play, 'answer' | 'manner'>,
  role: string,
): { readonly client: ClientSide; readonly request: ChatRequest; readonly content: readonly Block[] } {
  const { client } = dialectNamed(language);
  if (client === undefined) throw new Error(`nobody asks in ${language}`);
  // The gateway asks Gemini for events, in the address.
  const address = { model: 'a-model', stream: true, ...(language === 'gemini' && { alt: 'sse' }) };
  const request = client.readRequest({ ...body, ...address }, {});
  return { client, request, content: role === 'first' ? answer.content : reply(answer.content, request, manner) };
}

/** Bytes of the answer in that language. */
export function streamLength(language: Language, answer: Answer): number {
  return streamOf(language, plainQuestion[language], { answer, manner: 'as asked', asked: [] }, 'first').length;
}

const plainQuestion: { readonly [language in Language]: JsonObject } = {
  anthropic: { max_tokens: 100, messages: [{ role: 'user', content: 'What?' }] },
  'openai-chat': { messages: [{ role: 'user', content: 'What?' }] },
  'openai-responses': { input: 'What?' },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'What?' }] }] },
  'bedrock-converse': { messages: [{ role: 'user', content: [{ text: 'What?' }] }] },
};
