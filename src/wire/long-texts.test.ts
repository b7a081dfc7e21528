import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongTexts } from './long-texts.ts';
import { Pieces } from './pieces.ts';
import { scanBody } from './splice.ts';

const name = 'f00dfeedf00dfeed';
const prose = 'a line with "quotes", \\ backslashes,\ttabs, é, 漢字 and 😀.\n'.repeat(40);

/** The texts that have a stand-in in them, by the words they begin with. */
function found(value: unknown): string[] {
  const texts = textsOf(typeof value === 'string' ? value : JSON.stringify(value));
  return [...(texts?.outline.matchAll(new RegExp(`<(\\w+)>[^<]*${name}`, 'g')) ?? [])].map((match) => String(match[1]));
}

/** A long text that begins with a word by which it is found again. */
const long = (word: string): string => `<${word}> ${prose.replaceAll('"', '')}`;

function textsOf(json: string): LongTexts | undefined {
  const body = Pieces.ofText(json);
  return LongTexts.in(body, scanBody(body).longStrings, name);
}

const asked = JSON.stringify({ messages: [{ content: prose }, { content: [{ text: `<2> ${prose}` }] }] });

test('texts of turns, of their blocks and of tools have middles, and nothing else has', () => {
  const block = { type: 'tool_result', content: long('result'), text: long('text'), thinking: long('thinking') };
  const call = { type: 'tool_use', input: { content: long('input'), text: long('inner') } };
  const inner = { type: 'tool_result', content: [{ type: 'text', text: long('part') }] };
  const messages = [{ role: 'user', content: long('turn'), name: long('name') }, { content: [block, call, inner] }];
  const rest = { system: [{ text: long('system') }], text: long('top'), content: [{ a: [{ text: long('other') }] }] };
  const form = { description: long('form'), properties: { a: { description: long('property') } } };
  const tools = [
    { name: long('tool'), description: long('own'), input_schema: form },
    { type: 'function', function: { description: long('function'), parameters: { properties: form } } },
  ];
  assert.deepEqual(found({ ...rest, messages, tools, input: messages, description: long('top') }), [
    'system',
    ...['turn', 'result', 'text'],
    ...['own', 'form', 'function'],
    ...['turn', 'result', 'text'],
  ]);
});

test('what may be read as JSON, begins with an escape or is short has none', () => {
  const texts = [`{"<a>":"${prose}"}`, ` [${prose}]`, `\n${prose}`, 'short', long('b')];
  assert.deepEqual(found({ messages: texts.map((content) => ({ content })) }), ['b']);
});

test('a name that ends like the one of a text is another', () => {
  const text = JSON.stringify(long('c'));
  const fields = [`"a\\"text":${text}`, `"context":${text}`, `"text" :\n ${text}`];
  assert.deepEqual(found(`{"messages":[{"content":[{${fields.join(',')}}]}]}`), ['c']);
});

test('however a body is cut, its texts come through', () => {
  const bytes = Buffer.from(JSON.stringify({ messages: [{ content: `${prose}${prose}` }, { content: prose }] }));
  for (let cut = 1; cut < bytes.length; cut += 7) {
    const body = new Pieces([bytes.subarray(0, cut), bytes.subarray(cut, cut + 700), bytes.subarray(cut + 700)]);
    const texts = LongTexts.in(body, scanBody(body).longStrings, name);
    const restored = texts?.restored(JSON.stringify(JSON.parse(texts.outline)));
    assert.equal(texts?.outline.split(name).length, 3);
    assert.deepEqual(JSON.parse(restored?.whole().toString() ?? ''), JSON.parse(bytes.toString()), `cut at ${cut}`);
  }
});

test('texts may change their order, stand twice, be joined, or be left out', () => {
  const texts = textsOf(asked);
  type Said = { messages: [{ content: string }, { content: [{ text: string }] }] };
  const [first, second] = (JSON.parse(texts?.outline ?? '') as Said).messages;
  const [one, two] = [first.content, second.content[0].text];
  const restored = texts?.restored(JSON.stringify([`${two}\n${one}`, two]));
  assert.deepEqual(JSON.parse(restored?.whole().toString() ?? ''), [`<2> ${prose}\n${prose}`, `<2> ${prose}`]);
  assert.equal(texts?.restored('[]')?.whole().toString(), '[]');
});

test('a stand-in that is not what it was is noticed', () => {
  const texts = textsOf(asked);
  const { messages } = JSON.parse(texts?.outline ?? '') as { messages: [{ content: string }] };
  const [{ content }] = messages;
  const at = content.indexOf(name);
  const changed = [
    JSON.stringify({ arguments: JSON.stringify({ content }) }),
    JSON.stringify({ arguments: JSON.stringify({ content: content.replace('\u0001', '\\\u0001') }) }),
    JSON.stringify(content.slice(0, at + name.length + 1)),
    JSON.stringify(content.slice(at)),
    JSON.stringify(content.replaceAll('\u0001', '')),
    JSON.stringify(content.replace(`${name}.0`, `${name}.7`)),
    JSON.stringify(content.replace(`${name}.0`, `${name}.`)),
  ];
  assert.deepEqual(
    changed.map((json) => texts?.restored(json)),
    changed.map(() => undefined),
  );
  const escaped = JSON.stringify(content.replace('\u0001', '\\\u0001'));
  assert.equal(
    JSON.parse(texts?.restored(escaped)?.whole().toString() ?? ''),
    `${prose.slice(0, at - 1)}\\${prose.slice(at - 1)}`,
  );
});

test('what is no JSON or no UTF-8 is left to be read whole', () => {
  assert.notEqual(textsOf(asked), undefined);
  assert.notEqual(textsOf(JSON.stringify(JSON.parse(asked), undefined, '\t')), undefined);
  assert.equal(textsOf(JSON.stringify({ messages: [{ content: 'short' }] })), undefined);
  assert.equal(textsOf(asked.replaceAll(String.raw`\n`, '\n')), undefined);
  assert.equal(textsOf(asked.replaceAll(String.raw`\t`, '\t')), undefined);
  const bytes = Buffer.from(asked);
  bytes[1000] = 0xff;
  const body = Pieces.of(bytes);
  assert.equal(LongTexts.in(body, scanBody(body).longStrings, name), undefined);
});

test('a value that is known is left out, with the long strings in it', () => {
  const middle = 'word '.repeat(400);
  const text = JSON.stringify({ system: [{ type: 'text', text: middle }], tools: [{ description: middle }], x: 1 });
  const body = Pieces.ofText(text);
  const { toolsStart: start, toolsEnd: end, longStrings } = scanBody(body);
  assert.equal(longStrings.length, 4);
  const texts = LongTexts.in(body, longStrings, 'name', { start, end, by: '"known"' });
  const { system, ...rest } = JSON.parse(texts?.outline ?? '') as { system: readonly { text: string }[] };
  assert.deepEqual(rest, { tools: 'known', x: 1 });
  assert.ok((system[0]?.text.length ?? 0) < 500);
  const restored = texts?.restored(texts.outline)?.whole().toString();
  assert.deepEqual(JSON.parse(restored ?? ''), { system: [{ type: 'text', text: middle }], tools: 'known', x: 1 });
});

test('a value that is known may be all there is to leave out, at either end', () => {
  const body = Pieces.ofText('{"é":"ü","tools":[1]}');
  const outline = (start: number, end: number): string | undefined =>
    LongTexts.in(body, [], 'name', { start, end, by: '2' })?.outline;
  assert.equal(outline(19, 22), '{"é":"ü","tools":2}');
  assert.equal(outline(0, 23), '2');
});
