import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundaryOf, NotForm, scanForm, spliceField } from './multipart.ts';

function part(name: string, value: string | Buffer, more = ''): Buffer {
  const head = `content-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(value)]);
}

function form(boundary: string, parts: readonly Buffer[]): Buffer {
  const pieces = parts.flatMap((each) => [Buffer.from(`--${boundary}\r\n`), each, Buffer.from('\r\n')]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

function valueIn(body: Buffer, boundary: string, name: string): string | undefined {
  const field = scanForm(body, boundary, [name]).get(name);
  return field === undefined ? undefined : body.toString('utf8', field.start, field.end);
}

test('the boundary is found as the content type writes it', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=----abc'), '----abc');
  assert.equal(boundaryOf('Multipart/Form-Data;charset=utf-8; boundary="a b"'), 'a b');
  assert.equal(boundaryOf('multipart/form-data'), undefined);
  assert.equal(boundaryOf('multipart/mixed; boundary=x'), undefined);
  assert.equal(boundaryOf('application/json'), undefined);
});

test('a field is found among files, whatever is in them', () => {
  const trap = Buffer.from('--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nnot this\r\n--bb\r\n-b');
  const file = part('file', Buffer.concat([trap.subarray(5), Buffer.from([0, 255, 13, 10])]), '; filename="model"');
  const body = form('b', [file, part('model', 'whisper-é'), part('language', 'en')]);
  assert.equal(valueIn(body, 'b', 'model'), 'whisper-é');
  assert.equal(valueIn(body, 'b', 'stream'), undefined);
});

test('names are read with and without quotes, and a file of the name is none', () => {
  const unquoted = Buffer.from('Content-Type: text/plain\r\nContent-Disposition: FORM-DATA; name=model\r\n\r\nm');
  assert.equal(valueIn(form('x', [unquoted]), 'x', 'model'), 'm');
  assert.equal(valueIn(form('x', [part('model', 'm', '; filename="f"')]), 'x', 'model'), undefined);
  assert.equal(valueIn(form('x', [part('file', 'm', "; filename*=utf-8''f")]), 'x', 'file'), undefined);
});

test('an empty value, no headers, blanks behind a boundary and words before the first are all legal', () => {
  assert.equal(valueIn(form('x', [part('model', '')]), 'x', 'model'), '');
  assert.equal(valueIn(Buffer.from('--x\r\n\r\nbare\r\n--x--'), 'x', 'model'), undefined);
  const body = Buffer.concat([Buffer.from('hello\r\n'), form('x', [part('model', 'm')])]);
  assert.equal(valueIn(body, 'x', 'model'), 'm');
  const blanks = Buffer.from(
    form('x', [part('model', 'm')])
      .toString()
      .replace('--x\r\n', '--x \t\r\n'),
  );
  assert.equal(valueIn(blanks, 'x', 'model'), 'm');
});

test('what is no form is refused', () => {
  const whole = form('x', [part('model', 'm')]).toString();
  const broken = [
    '',
    'nothing',
    'glued--x\r\n',
    '--x',
    '--x\r\n',
    '--xy\r\n',
    whole.slice(0, -6),
    whole.replace('\r\n\r\n', '\r\n'),
    `--x\r\n${'a: b\r\n'.repeat(3000)}\r\n\r\n--x--`,
    form('x', [part('model', 'a'), part('model', 'b')]).toString(),
    form(
      'x',
      Array.from({ length: 1001 }, () => part('n', 'v')),
    ).toString(),
  ];
  for (const body of broken)
    assert.throws(() => scanForm(Buffer.from(body), 'x', ['model']), NotForm, body.slice(0, 60));
});

test('a spliced form has another value and every other byte as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.string(), (bytes, value, other) => {
      const file = part('file', Buffer.from(bytes), '; filename="f"');
      const body = (model: string): Buffer => form('unlikely-boundary', [part('a', 'b'), part('model', model), file]);
      const before = body(value);
      const field = scanForm(before, 'unlikely-boundary', ['model']).get('model');
      assert.ok(field);
      assert.deepEqual(spliceField(before, field, other), body(other));
    }),
  );
});
