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
    for (const [spelt, text] of [
      ['"a\\/b"', 'a/b'],
      ['"\\u003cb\\u003E \\ud7ff\\uE000"', '<b> \ud7ff\ue000'],
    ] as const) {
      const bytes = Buffer.from(frame(spelt));
      assert.equal(form.end(bytes, 0), bytes.length);
      assert.equal(form.text(), text);
    }
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
      frame('"\\uDE00"'),
      frame('"\\u00g1"'),
      frame('"\\u00"'),
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

describe('frames of a form that follow each other', () => {
  const form = formOf('"Hello"', 'Hello');
  const said = ['plain', '', 'Grüße 🙂', 'say \\"so\\"\\n', 'a\\/b \\u0041', 'last'];
  const bytes = Buffer.from(`before${said.map((one) => frame(`"${one}"`)).join('')}${frame('7')}`);
  const end = bytes.length - frame('7').length;

  test('are taken at once, and their strings are told one by one and together', () => {
    assert.equal(form.end(bytes, 6, 100), end);
    assert.deepEqual(form.pieces().list(), ['plain', 'Grüße 🙂', 'say \\"so\\"\\n', 'a/b A', 'last']);
    assert.equal(form.text(), 'plainGrüße 🙂say "so"\na/b Alast');
  });

  test('are taken up to a number', () => {
    assert.equal(form.end(bytes, 6, 2), 6 + frame('"plain"').length + frame('""').length);
    assert.deepEqual([form.text(), form.pieces().list()], ['plain', ['plain']]);
    assert.equal(form.end(bytes, 6), 6 + frame('"plain"').length);
    assert.equal(form.end(bytes, end, 100), 0);
  });

  test('say as pieces what JSON.stringify writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }),
        fc.nat(3),
        (texts, way) => {
          const spelt = texts.map((text) => (way === 0 ? escapedAll(text) : JSON.stringify(text)));
          const all = Buffer.from(spelt.map((text) => frame(text)).join(''));
          if (form.end(all, 0, 1000) !== all.length) return;
          assert.deepEqual(
            form.pieces().list(),
            texts.map((text) => JSON.stringify(text).slice(1, -1)),
          );
          assert.equal(form.text(), texts.join(''));
        },
      ),
    );
  });

  test('are written between others as they are spelt, where that is how JSON.stringify spells them', () => {
    const written = (texts: readonly string[], spell = (text: string) => JSON.stringify(text)): string | undefined => {
      const all = Buffer.from(texts.map((text) => frame(spell(text))).join(''));
      assert.equal(form.end(all, 0, 1000), all.length);
      return form.pieces().between('<é:', ',…>')?.toString();
    };
    const long = `${'long '.repeat(40)}\n`;
    for (const texts of [
      ['a', 'b'],
      ['', 'Grüße 🙂', '', '"so"\n', long, ''],
      [long, long],
      ['a', ''],
    ]) {
      const said = texts.filter((text) => text !== '').map((text) => `<é:${JSON.stringify(text)},…>`);
      assert.equal(written(texts), said.join(''));
    }
    assert.equal(written(['', '']), '');
    assert.equal(written(['alone']), undefined);
    assert.equal(written(['a', 'b'], escapedAll), undefined);
    assert.equal(
      written(['/', 'b'], (text) => `"\\${text}"`),
      undefined,
    );
  });
});

/** A JSON string of escapes alone. */
function escapedAll(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

describe('a form with counts', () => {
  const counted = (text: string, counts: string, more = ''): string =>
    `data: {"parts":[{"text":"${text}"}],"n":5,"usage": {${counts}}${more}}\r\n\r\n`;
  const learnt = counted('a', '"input":12, "all" : 305,"more":{"input":3},"list":[4],"off":false,"rate":1.5,"id":"7"');
  const form = FrameForm.around(Buffer.from(learnt), 'text', 'a', 'usage');
  assert.ok(form !== undefined);
  const like = (input: string, all: string, text = 'some "text"'): Buffer =>
    Buffer.from(
      learnt
        .replace('"text":"a"', `"text":${JSON.stringify(text)}`)
        .replace('12,', `${input},`)
        .replace('305', all),
    );

  test('says which they are, and what they were', () => {
    assert.deepEqual(form.names, ['input', 'all']);
    const fresh = FrameForm.around(Buffer.from(learnt), 'text', 'a', 'usage');
    assert.deepEqual(fresh?.counts(), [12, 305]);
  });

  test('knows frames that differ by them and by the string', () => {
    for (const [input, all] of [
      [12, 305],
      [0, 1],
      [9, 10],
      [1234567, 0],
      [999999999999999, 100000000000000],
    ] as const) {
      const bytes = like(String(input), String(all));
      assert.equal(form.end(bytes, 0), bytes.length);
      assert.equal(form.text(), 'some "text"');
      assert.deepEqual(form.counts(), [input, all]);
    }
  });

  test('knows none that is not an integer as it is written shortest', () => {
    for (const odd of [
      '',
      '-1',
      '+1',
      '01',
      '00',
      '1.5',
      '1.0',
      '1e2',
      '1E2',
      '"12"',
      'null',
      '1 2',
      '1234567890123456',
    ]) {
      assert.equal(form.end(like(odd, '1'), 0), 0, odd);
      assert.equal(form.end(like('1', odd), 0), 0, odd);
    }
  });

  test('knows none that differs in anything else', () => {
    for (const [from, to] of [
      ['"input":12', '"inpux":12'],
      ['"input":3', '"input":4'],
      ['"n":5', '"n":6'],
      ['"rate":1.5', '"rate":1.6'],
      ['"id":"7"', '"id":"8"'],
      ['[4]', '[44]'],
      ['"all" : 305,', ''],
      [', "all"', ',"all"'],
      ['\r\n\r\n', '\n\n'],
      ['}}\r', '}} \r'],
    ] as const) {
      assert.ok(learnt.includes(from));
      assert.equal(form.end(Buffer.from(learnt.replace(from, to)), 0), 0, to);
    }
  });

  test('waits for all of a frame, and keeps the counts of the last one meanwhile', () => {
    const found = like('77', '88');
    const whole = like('123', '4567');
    assert.equal(form.end(found, 0), found.length);
    for (let end = 0; end < whole.length; end++) assert.equal(form.end(whole.subarray(0, end), 0), 0, `${end} bytes`);
    assert.deepEqual(form.counts(), [77, 88]);
    assert.equal(form.end(whole, 0), whole.length);
    assert.deepEqual(form.counts(), [123, 4567]);
  });

  test('has none where their object is not sure, or stands before the string', () => {
    const namesOf = (text: string): readonly string[] | undefined =>
      FrameForm.around(Buffer.from(text), 'text', 'a', 'usage')?.names;
    assert.deepEqual(namesOf(counted('a', '"b":1', ',"usage":{"b":2}')), []);
    assert.deepEqual(namesOf(counted('a', '"b":1').replace('"usage": {', '"usage": 3,"other":{')), []);
    assert.deepEqual(namesOf('data: {"usage":{"b":1},"text":"a"}\n\n'), []);
    assert.deepEqual(namesOf(counted('a', '"b\\u0062":1,"say \\"c\\":2, ":3,"d":-1,"e":1234567890123456,"f":"g"')), []);
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
