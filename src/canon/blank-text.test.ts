import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutBlankTexts } from './blank-text.ts';
import type { Block } from './content.ts';

const text = (said: string): Block => ({ type: 'text', text: said });
const call: Block = { type: 'tool_call', id: '1', name: 'f', json: '{}' };

test('white space goes to the text beside it', () => {
  assert.deepEqual(withoutBlankTexts([text('a'), text(' \n'), text('b')]), [text('a \n'), text('b')]);
  assert.deepEqual(withoutBlankTexts([text(' '), text('b'), text(' ')]), [text(' b ')]);
  assert.deepEqual(withoutBlankTexts([call, text(' '), text('b')]), [call, text(' b')]);
  assert.deepEqual(withoutBlankTexts([call, text('\n')]), [call]);
});

test('nothing is copied where there is none', () => {
  const blocks = [text('a'), call, text('')];
  assert.equal(withoutBlankTexts(blocks), blocks);
});
