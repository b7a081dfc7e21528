import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, ToolCallBlock } from '../canon/content.ts';
import { breakOf } from './break.ts';

const text = (said: string): Block => ({ type: 'text', text: said });
const thought: Block = { type: 'thinking', text: 'hm' };
const call = (json: string, id = 'c1'): ToolCallBlock => ({ type: 'tool_call', id, name: 'look', json });
const server: Block = { type: 'native', dialect: 'anthropic', value: { type: 'web_search_tool_result' } };

const typeOf = (blocks: readonly Block[], isOpen = false, begun?: ToolCallBlock): string =>
  breakOf({ blocks, isOpen }, begun).type;

test('as long as not a word was said the same question may be asked', () => {
  assert.equal(typeOf([]), 'unsaid');
  assert.equal(typeOf([thought], true), 'unsaid');
  assert.equal(typeOf([thought, text('')], true), 'unsaid');
  assert.equal(typeOf([server]), 'unsaid');
});

test('a text is gone on with, and what stands before it is told', () => {
  const broken = breakOf({ blocks: [thought, text('one'), server, text('two')], isOpen: true }, undefined);
  assert.deepEqual(broken, { type: 'text', sent: 'two', said: [text('one'), server, text('two')] });
  assert.equal(typeOf([text('one')]), 'text');
});

test('calls that are whole want nothing but the end', () => {
  assert.equal(typeOf([text('one'), call('{"a":1}')], true), 'called');
  assert.equal(typeOf([call('')], false), 'called');
});

test('a call that is not whole is for a model to make again', () => {
  const broken = breakOf({ blocks: [text('one'), call('{}', 'c0'), call('{"a":')], isOpen: true }, undefined);
  assert.deepEqual(broken, { type: 'call', call: call('{"a":'), made: [call('{}', 'c0')], said: [text('one')] });
  assert.equal(typeOf([call('')], true), 'call');
  assert.equal(typeOf([{ ...call('*** Begin'), kind: 'custom' }], true), 'call');
});

test('a call that was begun and not yet told is not forgotten', () => {
  assert.equal(typeOf([text('one')], false, call('{"a":')), 'call');
  assert.equal(typeOf([call('{}', 'c0')], false, call('{"a":')), 'call');
});

test('what only its provider can go on with is lost', () => {
  assert.equal(typeOf([server], true), 'lost');
  assert.equal(typeOf([{ type: 'refusal', text: 'no' }]), 'lost');
});
