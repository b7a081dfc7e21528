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
  readonly body: Json & { tools: Json[]; system: Json[]; messages: Json[] };

  constructor(session: string, prompt = 'please mend the tests', system = 'You write software.') {
    this.session = session;
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
    const id = `toolu_${messages.length}`;
    for (const { content } of messages) {
      for (const block of content as Json[]) delete block['cache_control'];
    }
    const result = prose(`line ${messages.length} of the file`, size);
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
});
