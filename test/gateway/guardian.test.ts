// The guardian of prompt caches, through a gateway, before providers that keep prompts as the real ones do.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { CacheMiss } from '../../src/observe/call.ts';
import { PromptCache } from './prompt-cache.ts';
import { anthropicHeaders, type Rig, startRig, startUpstream, until } from './rig.ts';

type Json = { [name: string]: unknown };

const mark = { cache_control: { type: 'ephemeral' } };

/** Text of so many characters that no other seed has. */
function prose(seed: string, length: number): string {
  return `${seed} `.repeat(Math.ceil(length / (seed.length + 1))).slice(0, length);
}

function tool(name: string): Json {
  return { name, description: prose(`the tool ${name} does`, 900), input_schema: { type: 'object', properties: {} } };
}

/** A conversation as Claude Code sends it: the mark goes with the last block. */
class Conversation {
  readonly session: string;
  readonly #prompt: string;
  #calls = 0;
  readonly body: Json & { tools: Json[]; system: Json[]; messages: Json[] };

  constructor(session: string, prompt = 'please mend the tests', system = 'You write software.') {
    this.session = session;
    this.#prompt = prompt;
    this.body = {
      model: 'claude-sonnet-4-5',
      messages: [
        { role: 'user', content: [text(prose('a reminder of what is here', 3000)), { ...text(prompt), ...mark }] },
      ],
      system: [
        { ...text(system), ...mark },
        { ...text(prose(`${system} and more`, 5000)), ...mark },
      ],
      tools: [tool('Read'), tool('Write'), tool('Bash')],
      max_tokens: 100,
    };
  }

  /** The model has called a tool, and here is what came of it. */
  grow(size = 2000): this {
    const { messages } = this.body;
    this.#calls += 1;
    const id = `toolu_${this.#calls}`;
    for (const { content } of messages) {
      for (const block of content as Json[]) delete block['cache_control'];
    }
    const result = prose(`line ${this.#calls} of what was found to ${this.#prompt}`, size);
    messages.push(
      { role: 'assistant', content: [text('I look.'), { type: 'tool_use', id, name: 'Read', input: { path: id } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: [text(result)], ...mark }] },
    );
    return this;
  }
}

function text(words: string): Json {
  return { type: 'text', text: words };
}

/** Sends the conversation as it stands and tells what the guardian says of it. */
async function send(
  rig: Rig,
  { session, body }: Pick<Conversation, 'session' | 'body'>,
): Promise<CacheMiss | undefined> {
  const before = rig.records.length;
  const reply = await rig.post('/v1/messages', body, { ...anthropicHeaders, 'x-claude-code-session-id': session });
  assert.equal(reply.status, 200, await reply.clone().text());
  await reply.text();
  await until(() => rig.records.length > before);
  return rig.records.at(-1)?.cacheMiss;
}

async function marked(t: TestContext, more: object = {}): Promise<{ rig: Rig; cache: PromptCache }> {
  const cache = new PromptCache();
  const upstream = await startUpstream(t, { scenario: cache.marked() });
  const rig = await startRig(t, {
    providers: { anthropic: { kind: 'anthropic', base_url: upstream.url, api_key: 'k' } },
    default_provider: 'anthropic',
    ...more,
  });
  return { rig, cache };
}

/** A conversation of three calls that all went well. */
async function begun(rig: Rig, session = 's'): Promise<Conversation> {
  const conversation = new Conversation(session);
  assert.equal(await send(rig, conversation), undefined);
  for (let i = 0; i < 2; i++) assert.equal(await send(rig, conversation.grow()), undefined);
  return conversation;
}

function changed(by: CacheMiss['by'], at: string, how: CacheMiss['how']): Partial<CacheMiss> {
  return { at, ...(how !== undefined && { how }), by };
}

function told(miss: CacheMiss | undefined): Partial<CacheMiss> | undefined {
  if (miss === undefined) return undefined;
  assert.ok(miss.tokens >= 1024, `${miss.tokens} tokens`);
  const { tokens: _, cost: __, ...rest } = miss;
  return rest;
}

describe('a provider that keeps what is marked', () => {
  test('a conversation that grows loses nothing, and its sub-agents neither', async (t) => {
    const { rig } = await marked(t);
    const main = await begun(rig);
    const one = new Conversation('s', 'look for the first bug', 'You are an agent.');
    const two = new Conversation('s', 'look for the second bug', 'You are an agent.');
    for (let i = 0; i < 4; i++) {
      assert.equal(await send(rig, one), undefined, `first agent, call ${i}`);
      assert.equal(await send(rig, main.grow()), undefined, `main, call ${i}`);
      assert.equal(await send(rig, two), undefined, `second agent, call ${i}`);
      one.grow(3000);
      two.grow(1500);
    }
    assert.ok((rig.records.at(-1)?.usage.cacheRead ?? 0) > 1024);
  });

  test('no alarm in a day of work: agents come and go, turns are taken back, questions are asked aside', async (t) => {
    const { rig } = await marked(t);
    let state = 7;
    const dice = (sides: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state >> 8) % sides;
    };
    const live = [new Conversation('s')];
    for (let i = 0; i < 160; i++) {
      const one = live[dice(live.length)] ?? assert.fail();
      const roll = dice(12);
      if (roll === 0) live.push(new Conversation('s', `task ${i}`, `You are agent ${dice(3)}.`));
      else if (roll === 1 && live.length > 4) live.splice(dice(live.length), 1);
      else if (roll === 2) one.body.messages.splice(1 + 2 * dice(Math.ceil(one.body.messages.length / 2)));
      else if (roll === 3) {
        const { body } = new Conversation('s', `title of ${i}`, 'Write a title.');
        assert.equal(await send(rig, { session: 's', body: { ...body, tools: [] } }), undefined, `aside ${i}`);
      }
      one.grow(200 + dice(9000));
      assert.equal(await send(rig, one), undefined, `call ${i}`);
    }
    const { usage } = rig.records.at(-1) ?? assert.fail();
    assert.ok((usage.cacheRead ?? 0) > 1024);
  });

  test('two conversations that part after a while are told apart by where they end', async (t) => {
    const { rig } = await marked(t);
    const one = await begun(rig);
    const other = new Conversation('s');
    other.body.messages = structuredClone(one.body.messages);
    other.grow(9000);
    for (let i = 0; i < 4; i++) {
      assert.equal(await send(rig, other.grow(300)), undefined);
      assert.equal(await send(rig, one.grow(4000)), undefined);
    }
    other.body.tools.reverse();
    const { tokens = 0 } = (await send(rig, other.grow())) ?? assert.fail();
    const all = JSON.stringify(other.body).length / 4;
    assert.ok(tokens > all / 2, `${tokens} of ${all}`);
  });

  test('calls at the same time do not find what the others are about to write', async (t) => {
    const { rig, cache } = await marked(t);
    const conversation = new Conversation('s');
    const headers = { ...anthropicHeaders, 'x-claude-code-session-id': 's' };
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => {
        cache.evict();
        return rig.post('/v1/messages', conversation.body, headers);
      }),
    );
    for (const reply of replies) await reply.text();
    await until(() => rig.records.length === 6);
    for (const { cacheMiss } of rig.records) assert.equal(cacheMiss, undefined);
  });

  const culprits: { name: string; change: (body: Conversation['body']) => void; says: Partial<CacheMiss> }[] = [
    {
      name: 'the description of a tool',
      change: ({ tools }) => {
        tools[1] = { ...tools[1], description: prose('another description', 900) };
      },
      says: changed('client', 'tools[1]', 'changed'),
    },
    {
      name: 'a tool that came later',
      change: ({ tools }) => void tools.splice(1, 0, tool('Late')),
      says: changed('client', 'tools[1]', 'added'),
    },
    {
      name: 'a tool that is gone',
      change: ({ tools }) => void tools.pop(),
      says: changed('client', 'tools[2]', 'removed'),
    },
    {
      name: 'tools in another order',
      change: ({ tools }) => void tools.reverse(),
      says: changed('client', 'tools[0]', 'moved'),
    },
    {
      name: 'a line of the instructions',
      change: ({ system }) => {
        system[1] = { ...system[1], text: `It is ten past seven. ${String(system[1]?.['text'])}` };
      },
      says: changed('client', 'system[1]', 'changed'),
    },
    {
      name: 'an early message',
      change: ({ messages }) => {
        (messages[0]?.['content'] as Json[])[0] = text(prose('another reminder', 3000));
      },
      says: changed('client', 'messages[0].content[0]', 'changed'),
    },
    {
      name: 'an old result of a tool',
      change: ({ messages }) => {
        (messages[2]?.['content'] as Json[])[0] = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'cleared' };
      },
      says: changed('client', 'messages[2].content[0]', 'changed'),
    },
    {
      name: 'marks that are gone',
      change: ({ system, messages }) => {
        for (const block of [...system, ...messages.flatMap(({ content }) => content as Json[])])
          delete block['cache_control'];
      },
      says: changed('client', 'cache_control', 'removed'),
    },
  ];

  for (const { name, change, says } of culprits) {
    test(`${name} is found, once`, async (t) => {
      const { rig } = await marked(t);
      const conversation = await begun(rig);
      conversation.grow(6000);
      assert.equal(await send(rig, conversation), undefined);
      conversation.grow();
      change(conversation.body);
      assert.deepEqual(told(await send(rig, conversation)), says);
      const { cacheMiss, usage } = rig.records.at(-1) ?? assert.fail();
      assert.ok((cacheMiss?.cost ?? 0) > 0, 'it has a price');
      assert.ok((cacheMiss?.tokens ?? 0) <= (usage.input ?? 0) + (usage.cacheWrite ?? 0), 'no more than was paid for');
      assert.equal(await send(rig, conversation.grow()), undefined);
    });
  }

  test('a time in the instructions is found in every call', async (t) => {
    const { rig } = await marked(t);
    const conversation = new Conversation('s');
    for (let i = 0; i < 4; i++) {
      conversation.body.system[0] = { ...text(`It is 12:0${i}.`), ...mark };
      const miss = await send(rig, conversation);
      // A reason is not looked for while the last search still weighs; it is known that something is lost.
      if (i > 0) assert.match(JSON.stringify(told(miss)), /system\[0\]|unknown/);
      else assert.equal(miss, undefined);
      conversation.grow();
    }
  });

  test('the line for bills, which is another one in each call, is not blamed where it does no harm', async (t) => {
    const { rig, cache } = await marked(t);
    const conversation = new Conversation('s');
    const scenario = cache.marked();
    const upstream = await startUpstream(t, {
      // Anthropic takes the line out before it looks into its cache.
      scenario: {
        ...scenario,
        answer: (asked) => {
          const { system } = asked.body;
          return scenario.answer?.({
            ...asked,
            body: { ...asked.body, system: Array.isArray(system) ? system.slice(1) : [] },
          });
        },
      },
    });
    const billed = await startRig(t, {
      providers: { anthropic: { kind: 'anthropic', base_url: upstream.url, api_key: 'k' } },
      default_provider: 'anthropic',
    });
    const sendBilled = async (to: Rig, line: number): Promise<CacheMiss | undefined> => {
      const { session, body } = conversation.grow();
      const system = [text(`x-anthropic-billing-header: cc_version=2.1.0.${line};`), ...body.system];
      return send(to, { session, body: { ...body, system } });
    };
    for (let i = 0; i < 4; i++) assert.equal(await sendBilled(billed, i), undefined);
    cache.evict();
    assert.deepEqual(told(await sendBilled(billed, 4)), changed('provider', 'unknown', undefined));
    // Before somebody who leaves it in, it is what breaks the cache.
    assert.equal(await sendBilled(rig, 5), undefined);
    assert.deepEqual(told(await sendBilled(rig, 6)), changed('client', 'system[0]', 'changed'));
  });

  test('more blocks between two marks than the provider looks back over', async (t) => {
    const { rig } = await marked(t);
    const conversation = await begun(rig);
    const { messages } = conversation.body;
    conversation.grow();
    const { content } = messages.at(-1) ?? assert.fail();
    (content as Json[]).unshift(...Array.from({ length: 25 }, (_, i) => text(`result ${i}`)));
    conversation.body.system.forEach((block) => delete block['cache_control']);
    assert.deepEqual(told(await send(rig, conversation)), changed('client', 'cache_control', 'moved'));
  });

  test('who goes back to an earlier turn and says something else has lost nothing', async (t) => {
    const { rig } = await marked(t);
    const conversation = await begun(rig);
    for (let i = 0; i < 3; i++) assert.equal(await send(rig, conversation.grow()), undefined);
    conversation.body.messages.splice(5);
    assert.equal(await send(rig, conversation.grow(9000)), undefined);
  });

  test('a conversation that the client has shortened is said to be', async (t) => {
    const { rig } = await marked(t);
    const conversation = await begun(rig);
    for (let i = 0; i < 12; i++) assert.equal(await send(rig, conversation.grow()), undefined);
    conversation.body.messages.splice(3, 18);
    assert.deepEqual(told(await send(rig, conversation)), changed('client', 'messages[3].content[1]', 'shortened'));
    assert.equal(await send(rig, conversation.grow()), undefined);
  });

  test('a conversation that begins anew from a summary has nothing to lose', async (t) => {
    const { rig } = await marked(t);
    const conversation = await begun(rig);
    conversation.body.messages.splice(0, 99, {
      role: 'user',
      content: [{ ...text(prose('what was', 9000)), ...mark }],
    });
    assert.equal(await send(rig, conversation), undefined);
    assert.equal(await send(rig, conversation.grow()), undefined);
  });

  test('a question beside the conversation does not disturb it', async (t) => {
    const { rig } = await marked(t);
    const conversation = await begun(rig);
    const aside = new Conversation('s');
    aside.body.tools = [];
    aside.body.system = [text(prose('write a title', 3000))];
    assert.equal(await send(rig, aside), undefined);
    assert.equal(await send(rig, conversation.grow()), undefined);
    assert.equal(await send(rig, aside), undefined);
    conversation.body.tools.reverse();
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('client', 'tools[0]', 'moved'));
  });

  test('another setting that is told to the model', async (t) => {
    const cache = new PromptCache();
    const scenario = cache.marked();
    let effort: unknown;
    const upstream = await startUpstream(t, {
      scenario: {
        ...scenario,
        answer: (asked) => {
          const { thinking } = asked.body;
          if (thinking !== effort) cache.evict();
          effort = thinking;
          return scenario.answer?.(asked);
        },
      },
    });
    const rig = await startRig(t, {
      providers: { anthropic: { kind: 'anthropic', base_url: upstream.url, api_key: 'k' } },
      default_provider: 'anthropic',
    });
    const conversation = await begun(rig);
    conversation.body['thinking'] = { type: 'enabled', budget_tokens: 1024 };
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('client', 'thinking', 'added'));
  });

  test('what the provider has forgotten before its time', async (t) => {
    const { rig, cache } = await marked(t);
    const conversation = await begun(rig);
    cache.evict();
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('provider', 'unknown', undefined));
  });

  for (const [ttl, minutes] of [
    ['5m', 6],
    ['1h', 61],
  ] as const) {
    test(`what has not been used for longer than ${ttl}`, async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
      const cache = new PromptCache({ lifeMs: ttl === '1h' ? 3_600_000 : 300_000 });
      const upstream = await startUpstream(t, { scenario: cache.marked() });
      const rig = await startRig(t, {
        providers: { anthropic: { kind: 'anthropic', base_url: upstream.url, api_key: 'k' } },
        default_provider: 'anthropic',
      });
      const conversation = new Conversation('s');
      const hour = { cache_control: { type: 'ephemeral', ttl } };
      const grown = (): Conversation => {
        const { content } = conversation.grow().body.messages.at(-1) ?? assert.fail();
        for (const block of content as Json[]) Object.assign(block, hour);
        return conversation;
      };
      assert.equal(await send(rig, grown()), undefined);
      t.mock.timers.tick((minutes / 2) * 60_000);
      assert.equal(await send(rig, grown()), undefined);
      t.mock.timers.tick(minutes * 60_000);
      assert.deepEqual(told(await send(rig, grown())), changed('provider', 'expired', undefined));
      t.mock.timers.tick((minutes / 2) * 60_000);
      cache.evict();
      assert.deepEqual(told(await send(rig, grown())), changed('provider', 'unknown', undefined));
    });
  }

  test('a provider that fails, so that another one reads the prompt', async (t) => {
    const caches = [new PromptCache(), new PromptCache()];
    const [a, b] = await Promise.all(caches.map((cache) => startUpstream(t, { scenario: cache.marked() })));
    const provider = (url = ''): object => ({ kind: 'anthropic', base_url: url, api_key: 'k' });
    const rig = await startRig(t, {
      providers: { a: provider(a?.url), b: provider(b?.url) },
      models: { '*': { to: ['a/*', 'b/*'] } },
    });
    const conversation = await begun(rig);
    a?.play({ steps: [{ times: 'always', faults: [{ kind: 'status', status: 529 }] }] });
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('provider', 'target', undefined));
    assert.equal(rig.records.at(-1)?.provider, 'b');
    assert.equal(await send(rig, conversation.grow()), undefined);
  });

  test('after a pause, the cache would have been lost wherever the call goes', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
    const { rig, cache } = await marked(t);
    const conversation = await begun(rig);
    t.mock.timers.tick(3_600_000);
    cache.evict();
    conversation.body['model'] = 'claude-opus-4-5';
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('provider', 'expired', undefined));
  });

  test('a session whose name is longer than any is not watched', async (t) => {
    const { rig, cache } = await marked(t);
    const conversation = new Conversation('s'.repeat(600));
    assert.equal(await send(rig, conversation), undefined);
    cache.evict();
    assert.equal(await send(rig, conversation.grow()), undefined);
  });

  test('another model is what the client wanted', async (t) => {
    const { rig } = await marked(t);
    const conversation = await begun(rig);
    // The simulated cache knows no models: a new conversation is nowhere in it.
    conversation.body['model'] = 'claude-opus-4-5';
    conversation.body.tools[0] = tool('Other');
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('client', 'model', undefined));
  });

  test('a field that the gateway takes out because the provider begins to refuse it', async (t) => {
    const cache = new PromptCache();
    const scenario = cache.marked();
    let refuses = false;
    const message = 'tools.0.strict: Extra inputs are not permitted';
    const upstream = await startUpstream(t, {
      scenario: {
        ...scenario,
        answer: (asked) => {
          const [first] = asked.body['tools'] as Json[];
          if (!refuses || first?.['strict'] === undefined) return scenario.answer?.(asked);
          const body = { type: 'error', error: { type: 'invalid_request_error', message } };
          return { faults: [{ kind: 'status', status: 400, body }] };
        },
      },
    });
    const rig = await startRig(t, {
      providers: { anthropic: { kind: 'anthropic', base_url: upstream.url, api_key: 'k' } },
      default_provider: 'anthropic',
    });
    const conversation = new Conversation('s');
    conversation.body.tools[0] = { ...tool('Read'), strict: true };
    for (let i = 0; i < 3; i++) assert.equal(await send(rig, conversation.grow()), undefined);
    refuses = true;
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('gateway', 'tools[0]', 'changed'));
    assert.equal(await send(rig, conversation.grow()), undefined);
  });

  test('what is lost has a price, is counted, and stands in the report', async (t) => {
    const { rig, cache } = await marked(t);
    const conversation = await begun(rig);
    cache.evict();
    await send(rig, conversation);
    const { cacheMiss, usage } = rig.records.at(-1) ?? assert.fail();
    const tokens = cacheMiss?.tokens ?? 0;
    assert.equal(tokens, usage.cacheWrite);
    // $3.75 for a million written, $0.30 for a million read.
    assert.ok(Math.abs((cacheMiss?.cost ?? 0) - (tokens * 3.45) / 1e6) < 1e-9, `${cacheMiss?.cost}`);
    const report = (await (await rig.get('/health/detailed')).json()) as Json;
    const { anthropic } = report['providers'] as { anthropic: Json };
    assert.deepEqual(anthropic['cache_misses'], { calls: 1, tokens, cost: cacheMiss?.cost });
    const [seen] = report['cache_misses'] as Json[];
    assert.deepEqual(
      { ...seen, time: '' },
      { time: '', session: 's', provider: 'anthropic', model: 'claude-sonnet-4-5', ...cacheMiss },
    );
  });
});

describe('providers that keep prompts by themselves', () => {
  const chats = async (t: TestContext): Promise<{ rig: Rig; cache: PromptCache; body: Json; grow: () => Json }> => {
    const cache = new PromptCache();
    const upstream = await startUpstream(t, { scenario: cache.implicit() });
    const rig = await startRig(t, {
      providers: { local: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'k' } },
      default_provider: 'local',
    });
    const messages: Json[] = [
      { role: 'system', content: prose('you write software', 5000) },
      { role: 'user', content: 'please mend the tests' },
    ];
    const body = { model: 'gpt-5', prompt_cache_key: 'k1', messages };
    const grow = (): Json => {
      messages.push(
        { role: 'assistant', content: `I look ${messages.length}.` },
        { role: 'user', content: prose(`and ${messages.length}`, 3000) },
      );
      return body;
    };
    return { rig, cache, body, grow };
  };
  const ask = async (rig: Rig, body: Json): Promise<CacheMiss | undefined> => {
    const before = rig.records.length;
    assert.equal((await rig.post('/v1/chat/completions', body)).status, 200);
    await until(() => rig.records.length > before);
    return rig.records.at(-1)?.cacheMiss;
  };

  test('a conversation that grows loses nothing', async (t) => {
    const { rig, grow } = await chats(t);
    for (let i = 0; i < 6; i++) assert.equal(await ask(rig, grow()), undefined);
    assert.ok((rig.records.at(-1)?.usage.cacheRead ?? 0) > 4000);
  });

  test('a time in the instructions is found though nothing was ever read', async (t) => {
    const { rig, body, grow } = await chats(t);
    const misses: (Partial<CacheMiss> | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      (body['messages'] as Json[])[0] = { role: 'system', content: `12:0${i} ${prose('you write software', 5000)}` };
      misses.push(told(await ask(rig, grow())));
    }
    assert.deepEqual(misses, [undefined, undefined, changed('client', 'messages[0].content', 'changed')]);
  });

  test('an early message that changes while the instructions are read', async (t) => {
    const { rig, body, grow } = await chats(t);
    for (let i = 0; i < 6; i++) assert.equal(await ask(rig, grow()), undefined);
    (body['messages'] as Json[])[3] = { role: 'user', content: prose('something else', 3000) };
    assert.deepEqual(told(await ask(rig, grow())), changed('client', 'messages[3].content', 'changed'));
  });

  test('a provider that keeps nothing is no loss', async (t) => {
    const { rig, cache, grow } = await chats(t);
    for (let i = 0; i < 5; i++) {
      cache.evict();
      assert.equal(await ask(rig, grow()), undefined);
    }
  });

  test('through another language, the place is told in the words of the client', async (t) => {
    const upstream = await startUpstream(t, { scenario: new PromptCache().implicit() });
    const rig = await startRig(t, {
      providers: { local: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'k' } },
      default_provider: 'local',
    });
    const conversation = new Conversation('s');
    for (let i = 0; i < 4; i++) {
      conversation.body.system[0] = text(`x-anthropic-billing-header: cc_version=2.1.0.${i};`);
      assert.equal(await send(rig, conversation.grow()), undefined);
    }
    conversation.body.system[0] = text('x-anthropic-billing-header: cc_version=2.1.0.x;');
    conversation.body.system[1] = text(prose('something else', 5000));
    assert.deepEqual(told(await send(rig, conversation.grow())), changed('client', 'system[1]', 'changed'));
  });
});
