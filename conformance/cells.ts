import { isDeepStrictEqual } from 'node:util';
import type { Client } from './client.ts';
import { framed } from './event-stream.ts';
import { type Fixture, fixtureOf, gapOf, type Json } from './fixture.ts';
import { modelFor, type Player } from './player.ts';
import { missingFrom } from './reached.ts';
import { type Saying, sayingOfMeaning, type Tokens } from './saying.ts';

/** A client's language, a provider's language, and what happens between them. */
export interface Cell {
  readonly client: string;
  readonly provider: string;
  readonly scenario: string;
  readonly form: 'streamed' | 'whole';
  /** Nothing where all is well. */
  readonly faults: readonly string[];
  /** Why there is nothing to play: neither language has such a thing, or there is no answer in this form. */
  readonly gap?: string;
  /** Why only one side played its part: the other has no such thing. */
  readonly half?: string;
}

/** Where the gateway is that is judged. */
export interface Judged {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Plays one scenario between two languages, in one form. */
export async function playCell(
  judged: Judged,
  player: Player,
  client: Client,
  provider: string,
  scenario: string,
  form: Cell['form'],
): Promise<Cell> {
  const half = gapOf(client.language, scenario) ?? gapOf(provider, scenario);
  const cell = { client: client.language, provider, scenario, form, ...(half !== undefined && { half }) };
  const stream = form === 'streamed';
  // A scenario that one side cannot have is still half a scenario: the other side plays its part beside plain words.
  const asks = fixtureOf(client.language, scenario, framed) ?? fixtureOf(client.language, 'text', framed);
  const answers = fixtureOf(provider, scenario, framed) ?? fixtureOf(provider, 'text', framed);
  const gaps = [gapOf(client.language, scenario), gapOf(provider, scenario)];
  if (asks?.request === undefined || answers === undefined) return { ...cell, faults: ['no fixtures'] };
  if (gaps.every((gap) => gap !== undefined)) return { ...cell, faults: [], gap: String(gaps[0]) };
  if (stream && answers.error === undefined && answers.stream === undefined) {
    return { ...cell, faults: [], gap: 'The answer is a whole one.' };
  }
  if (!stream && answers.error === undefined && answers.response === undefined) {
    return { ...cell, faults: [], gap: 'The answer is a streamed one.' };
  }
  try {
    return { ...cell, faults: await faultsOf(judged, player, client, asks, answers, stream) };
  } catch (error) {
    return { ...cell, faults: [error instanceof Error ? error.message : String(error)] };
  }
}

async function faultsOf(
  judged: Judged,
  player: Player,
  client: Client,
  asks: Fixture,
  answers: Fixture,
  stream: boolean,
): Promise<string[]> {
  const model = modelFor(answers.language, answers.scenario);
  const answer = await fetch(judged.url + client.path(model, stream), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...client.headers, ...judged.headers },
    body: JSON.stringify(client.body(asks.request ?? {}, model, stream)),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const expected = answers.meaning['error'] as Json | undefined;
  if (expected !== undefined) {
    const fault = client.misses(String(expected['kind']), answer.status, JSON.parse(bytes.toString()) as Json);
    return fault === undefined ? [] : [`${String(expected['kind'])} is told as ${fault}`];
  }
  if (answer.status !== 200) return [`${answer.status} ${bytes.toString().slice(0, 400)}`];
  const said = stream ? client.stream(bytes) : client.whole(JSON.parse(bytes.toString()) as Json);
  const sent = player.received(model);
  const asked = asks.meaning['request'] as Json | undefined;
  const same = asks.language === answers.language;
  return [
    ...differences(client, said, sayingOfMeaning(answers.meaning['answer'] as Json)),
    ...(sent === undefined || asked === undefined || same
      ? []
      : missingFrom(asked, sent, answer.headers.get('x-dragoman-loss') ?? '').map((what) => `never reached: ${what}`)),
  ];
}

function differences(client: Client, said: Saying, meant: Saying & { readonly reason: string }): string[] {
  const faults: string[] = [];
  const differ = (what: string, is: unknown, was: unknown): void => {
    faults.push(`${what} ${JSON.stringify(is)?.slice(0, 200)}, not ${JSON.stringify(was)?.slice(0, 200)}`);
  };
  for (const what of ['text', 'thinking', 'calls', 'urls'] as const) {
    if (!isDeepStrictEqual(said[what], meant[what])) differ(what, said[what], meant[what]);
  }
  if (!client.reasons(said.finish).includes(meant.reason)) differ('finish', said.finish, meant.reason);
  if (!isDeepStrictEqual(said.tokens, meant.tokens) && !isDeepStrictEqual(said.tokens, withoutWrites(meant.tokens))) {
    differ('tokens', said.tokens, meant.tokens);
  }
  return faults;
}

/** What was written to a cache is plain input where a language has no word for it. */
function withoutWrites({ input, cacheWrite, ...rest }: Tokens): Tokens {
  return { ...rest, input: input + cacheWrite, cacheWrite: 0 };
}
