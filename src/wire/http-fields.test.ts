import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFields } from './http-fields.ts';

function fieldsOf(text: string, from = 0): { readonly fields: { [name: string]: string }; readonly repeated: boolean } {
  const fields: { [name: string]: string } = {};
  const repeated = readFields(Buffer.from(text, 'latin1'), text, from, fields);
  return { fields, repeated };
}

test('however many names there are, each is told as itself, in lower case', () => {
  const names = Array.from({ length: 4000 }, (_, i) => `X-${i.toString(36)}-Ab${'c'.repeat(i % 7)}`);
  const text = names.map((name) => `${name}: of ${name}\r\n`).join('');
  const expected = Object.fromEntries(names.map((name) => [name.toLowerCase(), `of ${name}`]));
  for (let again = 0; again < 2; again++) assert.deepEqual(fieldsOf(text), { fields: expected, repeated: false });
});

test('a name that goes on behind another one is not that one', () => {
  for (let i = 0; i < 4000; i++) {
    const longer = `x-${i.toString(36)}`;
    assert.deepEqual(fieldsOf(`x: 1\r\n${longer}: 2\r\n`).fields, { x: '1', [longer]: '2' });
  }
});

test('a name is the same in any case, and beside what is around it', () => {
  for (const name of ['Content-Type', 'content-type', 'CONTENT-TYPE', 'Content-Typ', 'ontent-Type']) {
    const text = `skipped ${name}:x\r\n`;
    assert.deepEqual(fieldsOf(text, 8).fields, { [name.toLowerCase()]: 'x' });
  }
});

test('a very long name is read like others', () => {
  const name = 'n'.repeat(5000);
  assert.deepEqual(fieldsOf(`${name}: 1\r\n${name}: 2\r\n`), { fields: { [name]: '1, 2' }, repeated: true });
});

test('values are told without the blanks around them, whatever bytes they have', () => {
  const text = 'a:\r\nb: \t \r\nc:\t caf\xe9 au \xff \t\r\n';
  assert.deepEqual(fieldsOf(text).fields, { a: '', b: '', c: 'caf\xe9 au \xff' });
});

for (const [what, text] of Object.entries({
  'no name': ': x\r\n',
  'no colon': 'name\r\n',
  'a blank in the name': 'na me: x\r\n',
  'a character beyond ASCII in the name': 'n\xe4me: x\r\n',
  'a control character': 'name: \x00x\r\n',
  'a bare line feed': 'name: x\n',
  'a bare carriage return': 'name: x\ry\r\n',
  'no end': 'name: x',
})) {
  test(`no field: ${what}`, () => {
    assert.throws(() => fieldsOf(text), /header without a proper name|control character/i);
  });
}
