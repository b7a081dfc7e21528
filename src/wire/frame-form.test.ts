import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FrameForm, LearntForm } from './frame-form.ts';

const frame = (text: string, pad = ''): string =>
  `event: delta\ndata: {"type":"delta","index":0,"delta":{"text":${text}}${pad}}\n\n`;
const formOf = (raw: string, value: string): FrameForm => {
  const form = FrameForm.around(Buffer.from(frame(raw)), 'text', value);
  assert.ok(form !== undefined);
  return form;
};

describe('a form that was learnt', () => {
  const form = formOf('"Hello"', 'Hello');

  test('knows frames that differ by the string alone, and what it says', () => {
    for (const text of [
      '',
      'x',
      'a longer one than before',
      'tab\t, "quotes", \\ and /',
      'Grüße 🙂',
      'é\n'.repeat(50),
    ]) {
      const bytes = Buffer.from(`before${frame(JSON.stringify(text))}after`);
      assert.equal(form.end(bytes, 6), bytes.length - 5, text);
      assert.equal(form.text(), text);
    }
    const slash = Buffer.from(frame('"a\\/b"'));
    assert.equal(form.end(slash, 0), slash.length);
    assert.equal(form.text(), 'a/b');
  });

  test('takes padding where servers pad', () => {
    const bytes = Buffer.from(frame('"x"', '     '));
    assert.equal(form.end(bytes, 0), bytes.length);
    assert.equal(form.text(), 'x');
  });

  test('knows nothing else', () => {
    const strange = [
      frame('"x"').replace('"index":0', '"index":1'),
      frame('"x"').replace('}}\n\n', '},"more":1}\n\n'),
      frame('"x"').replace('\n\n', '\n \n'),
      frame('"x"').replace('\n\n', '\r\n\r\n'),
      frame('7'),
      frame('"x'),
      frame('"x"y"'),
      frame('"a\u0001b"'),
      frame('"a\nb"'),
      // Half a character, perhaps.
      frame('"\\ud83d"'),
      frame('"\\u0041"'),
      frame('"\\x"'),
      frame('"x\\'),
      '',
    ];
    for (const text of strange) assert.equal(form.end(Buffer.from(text), 0), 0, JSON.stringify(text));
    const broken = Buffer.from(frame('"??"'));
    broken[broken.indexOf('?')] = 0xff;
    assert.equal(form.end(broken, 0), 0);
  });

  test('waits for all of a frame', () => {
    const whole = Buffer.from(frame('"Grüße \\" x"'));
    for (let end = 0; end < whole.length; end++) assert.equal(form.end(whole.subarray(0, end), 0), 0, `${end} bytes`);
    assert.equal(form.end(whole, 0), whole.length);
  });
});

test('is learnt only where the string is found as it was read, and the frame says where it ends', () => {
  const learnt = (text: string, value: string): boolean =>
    FrameForm.around(Buffer.from(text), 'text', value) !== undefined;
  assert.ok(learnt(frame('"a"'), 'a'));
  assert.ok(learnt(frame('"a"').replaceAll('\n', '\r\n'), 'a'));
  assert.ok(!learnt(frame('"\\u0061"'), 'a'));
  assert.ok(!learnt(frame('"a"').replace('"text"', '"next"'), 'a'));
  assert.ok(!learnt(frame('"a"').trimEnd(), 'a'));
  assert.ok(!learnt(`${frame('"a"')}\n`, 'a'));
});

test('says what parsing would say', () => {
  const form = formOf('"Hello"', 'Hello');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.json()), fc.nat(40), (text, cut) => {
      const raw = JSON.stringify(text);
      const bytes = Buffer.from(frame(cut < 30 ? raw : raw.slice(0, cut)));
      if (form.end(bytes, 0) === 0) return;
      const { delta } = JSON.parse(bytes.toString().slice('event: delta\ndata: '.length)) as {
        delta: { text: string };
      };
      assert.equal(form.text(), delta.text);
    }),
  );
});

test('learning stops where it never pays, and goes on where it does', () => {
  const form = new LearntForm<string>();
  for (let i = 0; i < 16; i++) {
    assert.ok(form.learns);
    form.learn(Buffer.from(frame('"a"')), 'text', 'a', 'm');
    assert.equal(form.end(Buffer.from(`data: ${i}\n\n`), 0), 0);
  }
  assert.ok(!form.learns);
  const other = new LearntForm<string>();
  for (let i = 0; i < 100; i++) {
    const bytes = Buffer.from(frame(`"a${i}"`).replace('"index":0', `"index":${i}`));
    other.learn(bytes, 'text', `a${i}`, `m${i}`);
    assert.equal(other.end(bytes, 0), bytes.length);
    assert.deepEqual([other.text(), other.meaning], [`a${i}`, `m${i}`]);
  }
});
