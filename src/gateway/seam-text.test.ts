import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorOf, newText, type Resumption } from './seam-text.ts';

const whole =
  'The ferry leaves at seven, and the ferry comes back at nine. Then it is dark, and nobody goes out any more.';

/** What is taken of a text that comes in pieces: the beginning as soon as it is known, the rest as it is. */
function heard(sent: string, text: string, resumption: Resumption, piece = 3): string {
  for (let end = piece; ; end += piece) {
    const isAll = end >= text.length;
    const taken = newText(sent, text.slice(0, end), resumption, isAll);
    if (taken !== undefined) return sent + taken + text.slice(end);
    assert.ok(!isAll, 'it is never decided');
  }
}

const anchored = (sent: string): Resumption => ({ type: 'anchor', anchor: anchorOf(sent) });

test('a text goes on without a repeated or missing word wherever it was cut, whatever is repeated', () => {
  for (let at = 1; at < whole.length; at++) {
    const sent = whole.slice(0, at);
    const rest = whole.slice(at);
    const anchor = anchorOf(sent);
    const hidden = sent.slice(sent.trimEnd().length);
    const manners = {
      'as it was asked': anchor + hidden + rest,
      'with blanks before': `\n ${anchor}${hidden}${rest}`,
      'without repeating': rest,
      'from the beginning': whole,
      'the last thirty characters': sent.slice(-30) + rest,
    };
    for (const [manner, text] of Object.entries(manners)) {
      // A short text begins anew with every one of its words: what is meant cannot be seen.
      if (manner === 'without repeating' && whole.startsWith(rest)) continue;
      assert.equal(heard(sent, text, anchored(sent)), whole, `cut at ${at}, ${manner}`);
    }
    assert.equal(heard(sent, rest, { type: 'prefill' }), whole, `cut at ${at}, as the beginning of its own`);
    assert.equal(heard(sent, hidden + rest, { type: 'prefill' }), whole, `cut at ${at}, with the hidden blanks`);
  }
});

test('a word that is begun again is not said twice', () => {
  assert.equal(heard('The harbour mas', 'master sleeps.', anchored('The harbour mas')), 'The harbour master sleeps.');
});

test('a text that says nothing but the words to begin with adds nothing', () => {
  const sent = whole.slice(0, 40);
  for (const text of [anchorOf(sent), anchorOf(sent).slice(0, 9), '']) {
    assert.equal(newText(sent, text, anchored(sent), true), '', JSON.stringify(text));
  }
});

test('it is not waited for more than is needed to know', () => {
  const sent = whole.slice(0, 60);
  assert.equal(newText(sent, 'Something else', anchored(sent), false), 'Something else');
  assert.equal(newText(sent, anchorOf(sent), anchored(sent), false), '');
  assert.equal(newText(sent, anchorOf(sent).slice(0, -1), anchored(sent), false), undefined);
});

test('the words to find the place by are whole, and the last ones', () => {
  assert.equal(anchorOf('short text'), 'short text');
  assert.equal(anchorOf('blanks behind  \n'), 'blanks behind');
  const anchor = anchorOf(whole);
  assert.ok(whole.endsWith(` ${anchor}`));
  assert.ok(anchor.length <= 60);
  assert.equal(anchorOf('x'.repeat(100)).length, 60);
});
