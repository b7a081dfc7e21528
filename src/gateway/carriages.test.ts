import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallRecord } from '../observe/call.ts';
import { Carriages } from './carriages.ts';

const over = (client: string, model: string, carriage?: string): CallRecord =>
  ({ client, model, carriage }) as CallRecord;

test('the last call of a model tells of the next one, in each language by itself', () => {
  const carriages = new Carriages();
  assert.equal(carriages.translatesAny('anthropic'), false);
  carriages.learn(over('anthropic', 'far', 'translated'));
  carriages.learn(over('anthropic', 'near', 'passed'));
  carriages.learn(over('openai-chat', 'far', 'passed'));
  assert.deepEqual([carriages.translatesAny('anthropic'), carriages.translatesAny('openai-chat')], [true, false]);
  assert.deepEqual(
    ['far', 'near', 'new'].map((model) => carriages.willTranslate('anthropic', model)),
    [true, false, false],
  );
  carriages.learn(over('anthropic', 'far', 'amended'));
  assert.equal(carriages.willTranslate('anthropic', 'far'), false);
  carriages.learn(over('anthropic', 'far', 'translated'));
  carriages.learn(over('anthropic', 'far'));
  assert.equal(carriages.willTranslate('anthropic', 'far'), false);
});

test('names without end are not remembered', () => {
  const carriages = new Carriages();
  for (let i = 0; i < 1500; i++) carriages.learn(over('anthropic', `m${i}`, 'translated'));
  assert.deepEqual(
    [carriages.willTranslate('anthropic', 'm0'), carriages.willTranslate('anthropic', 'm1499')],
    [true, false],
  );
});
