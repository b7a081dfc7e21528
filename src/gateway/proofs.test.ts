import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../canon/content.ts';
import type { Event } from '../canon/event.ts';
import { createFold } from '../canon/fold.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import { issuerOf, sealing, withOwnProofs, withoutProofs } from './proofs.ts';
import { createSealer } from './seal.ts';

const sealer = createSealer('a secret');

function asked(...content: Block[]): ChatRequest {
  return {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [{ role: 'assistant', content }],
    tools: [],
    sampling: {},
  };
}

/** What an answer's blocks are once they have left for a client of another language. */
function sealed(issuer: string, ...events: Event[]): readonly Block[] {
  const fold = createFold();
  const sink = sealing(sealer, issuer)(fold.sink);
  for (const event of events) sink(event);
  return fold.result().content;
}

function restored(request: ChatRequest, name: string, bare = false): { content: readonly Block[]; losses: string[] } {
  const losses: Loss[] = [];
  const { turns } = withOwnProofs(request, sealer, { name, bare, own: false }, (loss) => losses.push(loss));
  return { content: turns[0]?.content ?? [], losses: losses.map(({ what, path }) => `${what} ${path}`) };
}

const thought: Event[] = [
  { type: 'open', index: 0, block: { type: 'thinking', ext: { 'openai-responses': { id: 'rs_1' } } } },
  { type: 'text', index: 0, text: 'Hm.' },
  { type: 'signature', index: 0, signature: 'gAAAA-_b' },
  { type: 'close', index: 0 },
];
const hidden: Event[] = [
  { type: 'open', index: 0, block: { type: 'redacted', data: 'EncRypted' } },
  { type: 'close', index: 0 },
];

describe('proofs', () => {
  test('come back to their issuer as they were, with what was beside them', () => {
    const away = sealed('openai', ...thought);
    assert.ok(!JSON.stringify(away).includes('gAAAA-_b'));
    // What clients carry is the text and the envelope.
    const carried = away.map((block): Block => {
      const { ext: _, ...rest } = block as Extract<Block, { type: 'thinking' }>;
      return rest;
    });
    const { content, losses } = restored(asked(...carried), 'openai');
    assert.deepEqual(content, [
      { type: 'thinking', text: 'Hm.', signature: 'gAAAA-_b', ext: { 'openai-responses': { id: 'rs_1' } } },
    ]);
    assert.deepEqual(losses, []);
  });

  test('that were redacted are so again, though the client knows one kind only', () => {
    const [block] = sealed('claude', ...hidden);
    const { redacted = '' } = block as { redacted?: string };
    const asSignature: Block = { type: 'thinking', text: '', signature: redacted };
    assert.deepEqual(restored(asked(asSignature), 'claude').content, [
      { type: 'thinking', text: '', redacted: 'EncRypted' },
    ]);
  });

  test('of another, and forged ones, are left out, and the text stays', () => {
    const away = sealed('openai', ...thought);
    const text: Block = { type: 'text', text: 'Yes.' };
    const { content, losses } = restored(asked(...away, text), 'gemini');
    assert.deepEqual(
      content.map(({ type }) => type),
      ['thinking', 'text'],
    );
    assert.ok(!('signature' in (content[0] ?? {})));
    assert.deepEqual(losses, ['dropped turns[0].content[0]']);
    const forged = asked({ type: 'thinking', text: '', signature: 'dragomanSEALmadeupmadeupmadeupmadeup' }, text);
    assert.deepEqual(restored(forged, 'openai', true), { content: [text], losses: ['dropped turns[0].content[0]'] });
  });

  test('of reasoning that was cut off are empty, and who speaks the client’s language is not shown it', () => {
    const issuer = issuerOf('anthropic', 'claude-opus-5-5');
    const signature = sealer.seal({ issuer, form: 'signature', value: '' });
    const cut = asked({ type: 'thinking', text: 'Let me th', signature }, { type: 'text', text: 'Yes.' });
    const seen = (own: boolean): string[] => {
      const target = { name: issuer, bare: true, own };
      const { turns } = withOwnProofs(cut, sealer, target, () => undefined);
      return turns.flatMap(({ content }) => content.map((block) => block.type));
    };
    assert.deepEqual(seen(true), ['text']);
    assert.deepEqual(seen(false), ['thinking', 'text']);
  });

  test('that do not exist are sealed, too, so that plain reasoning goes back to who thought it', () => {
    const plain = thought.filter(({ type }) => type !== 'signature');
    const away = sealed('deepseek', ...plain);
    assert.match(JSON.stringify(away), /dragomanSEAL/);
    const carried = away.map(
      (block): Block => ({
        type: 'thinking',
        text: 'Hm.',
        ...('signature' in block && { signature: String(block.signature) }),
      }),
    );
    assert.deepEqual(restored(asked(...carried), 'deepseek').losses, []);
    assert.deepEqual(restored(asked(...carried), 'other').losses, ['dropped turns[0].content[0]']);
    assert.ok(!JSON.stringify(restored(asked(...carried), 'deepseek').content).includes('signature'));
  });

  test('that are bare are kept only where they can be the target’s', () => {
    const bare = asked({ type: 'thinking', text: 'Hm.', signature: 'abc' });
    assert.deepEqual(restored(bare, 'claude', true).content, bare.turns[0]?.content);
    assert.deepEqual(restored(bare, 'openai').content, [{ type: 'thinking', text: 'Hm.' }]);
  });

  test('can all be forgotten', () => {
    const away = sealed('openai', ...thought);
    const losses: Loss[] = [];
    const { turns } = withoutProofs(asked(...away), false, (loss) => losses.push(loss));
    assert.ok(!JSON.stringify(turns).includes('dragomanSEAL'));
    assert.equal(losses.length, 1);
  });

  test('are Claude’s wherever Claude is served, and else of where they were made', () => {
    assert.equal(issuerOf('bedrock', 'us.anthropic.claude-opus-5-5'), 'claude');
    assert.equal(issuerOf('azure', 'gpt-5.5'), 'azure');
  });

  test('nothing is copied where there are none', () => {
    const request = asked({ type: 'text', text: 'Yes.' });
    assert.equal(
      withOwnProofs(request, sealer, { name: 'x', bare: false, own: false }, () => assert.fail('nothing is lost')),
      request,
    );
  });
});
