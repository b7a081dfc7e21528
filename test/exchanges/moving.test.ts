// Conversations that go on with a provider of another language, which is strict about what it takes.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DialectName } from '../../src/canon/content.ts';
import { isObject, type JsonObject } from '../../src/canon/json.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { type Rig, startRig, startUpstream } from '../gateway/rig.ts';
import { givenResult } from './aspects.ts';
import type { Client } from './clients/client.ts';
import { clients } from './clients/index.ts';
import { type Exchange, exchanges } from './exchange.ts';
import { languages } from './languages/index.ts';
import { callsOf, proofsOf, type Saying, textOf } from './saying.ts';
import { type Stage, startStage } from './stage.ts';

/** Where conversations move to, and a model that is served there. */
const targets: { readonly [name in DialectName]: string } = {
  anthropic: 'claude-sonnet-5-5',
  'openai-chat': 'gpt-5.5',
  'openai-responses': 'gpt-5.5',
  gemini: 'gemini-3-pro',
  'bedrock-converse': 'us.anthropic.claude-sonnet-5-5-v1:0',
  cohere: 'command-a-reasoning',
};
const names = Object.keys(targets) as DialectName[];

/** Answers that cannot be told again, or not so that this test could see it. */
const unfit: readonly (readonly [exchange: RegExp, why: string])[] = [
  [/image-generation|picture|gemini\/code/, 'their pictures are none'],
  [/blocked-answer/, "Google's SDK does not remember it"],
  [/apply-patch-tool\.1$/, "OpenAI's SDK does not know an event of OpenAI's"],
  [/client-tool-search/, 'what was found are tools, and no words'],
];

interface Strict {
  readonly rig: Rig;
  readonly simulators: { readonly [name in DialectName]: Simulator };
}

async function startStrict(t: TestContext): Promise<Strict> {
  const scenario = { strict: true, steps: [{ times: 'always', parts: ['Fine.'] }] } as const;
  const started = await Promise.all(names.map(async (name) => [name, await startUpstream(t, { scenario })] as const));
  const rig = await startRig(t, {
    providers: Object.fromEntries(
      started.map(([speaks, { url }]) => [
        speaks,
        { speaks, base_url: speaks.startsWith('openai') ? `${url}/v1` : url, api_key: 'key' },
      ]),
    ),
    models: Object.fromEntries(names.map((name) => [`to-${name}`, { to: `${name}/${targets[name]}` }])),
  });
  return { rig, simulators: Object.fromEntries(started) as Strict['simulators'] };
}

/** The answer is heard from its own provider, and the conversation goes on with another. */
async function move(stage: Stage, strict: Strict, client: Client, exchange: Exchange, to: DialectName): Promise<void> {
  const params = client.ask(stage.play(exchange, exchange.model), exchange.tools);
  const way = exchange.stream === undefined ? 'whole' : 'streamed';
  const heard = await client[way](stage.rig.url, params);
  const simulator = strict.simulators[to];
  simulator.forget();
  const model = `to-${to}`;
  const asked = 'modelId' in params ? { ...params, modelId: model } : { ...params, model };
  await client.whole(strict.rig.url, client.goOn(asked, heard, givenResult));
  const taken = simulator.requests.at(-1);
  assert.equal(taken?.status, 200);
  check(exchange, languages[client.language].saying(heard.answer), to, taken?.json ?? {});
}

function check({ meant, language }: Exchange, heard: Saying, to: DialectName, body: JsonObject): void {
  const text = JSON.stringify(body);
  assert.ok(!text.includes('dragomanSEAL'), 'an envelope');
  const isClaude = [language, to].every((name) => name === 'anthropic' || name === 'bedrock-converse');
  const foreign = proofsOf(meant.parts).filter((proof) => proof.length > 20 && text.includes(proof));
  assert.deepEqual(isClaude ? [] : foreign, [], 'proofs of another provider');
  const turns = languages[to].told(body);
  const said = turns.filter(({ role }) => role === 'assistant').flatMap(({ parts }) => parts);
  // Cohere has what is said before calls as a plan; texts that calls stand between are paragraphs elsewhere.
  const words = (parts: Saying['parts']): string => textOf(parts).replaceAll(/\s/g, '');
  if (to !== 'cohere') assert.equal(words(said), words(heard.parts), 'text');
  const called = callsOf(said);
  const inputs = callsOf(heard.parts).map(({ input }) => (isObject(input) ? input : { input }));
  assert.deepEqual(
    called.map(({ input }) => input),
    inputs,
    'calls',
  );
  const ids = called.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'ids of calls');
  const results = turns.filter(({ role }) => role === 'user').flatMap(({ parts }) => parts);
  const given = results.flatMap((part) => (part.type === 'result' ? [part] : []));
  assert.deepEqual(
    given.map(({ id }) => id),
    ids,
    'results',
  );
  for (const { text: result } of given) assert.ok(result.includes(givenResult), 'what is in the results');
}

test('conversations that move', async (t) => {
  const stage = await startStage(t);
  const strict = await startStrict(t);
  for (const client of clients) {
    await t.test(`of a ${client.language} client`, async (t) => {
      const faults: string[] = [];
      for (const [i, exchange] of exchanges().entries()) {
        // Each answer is told to one client, and moved to one provider.
        if (i % clients.length !== clients.indexOf(client) || unfit.some(([one]) => one.test(exchange.name))) continue;
        const others = names.filter((name) => name !== exchange.language && name !== client.language);
        const to = others[(i + clients.indexOf(client)) % others.length] as DialectName;
        try {
          await move(stage, strict, client, exchange, to);
        } catch (error) {
          const told = error instanceof Error ? error.message : String(error);
          faults.push(`${exchange.name}, to ${to}: ${told.slice(0, 600)}`);
        }
      }
      await t.test('nothing is lost, and nothing foreign is told', () => assert.deepEqual(faults, []));
    });
  }
});
