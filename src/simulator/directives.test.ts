import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDirectives } from './directives.ts';

const first = (prompt: string) => readDirectives(prompt)![0]!;

describe('directives in a prompt', () => {
  test('a prompt without any is not scripted', () => {
    assert.equal(readDirectives('see [[this page]] and [[nothing:at all]] and a[[0]]'), undefined);
  });

  test('parts come in their order, words around them are ignored', () => {
    assert.deepEqual(first('please [[think:hm]] now [[text:hello]] [[tool:Read {"p":1}]] [[refuse:no]] end').parts, [
      { think: 'hm' },
      { text: 'hello' },
      { tool: 'Read', input: { p: 1 } },
      { refusal: 'no' },
    ]);
  });

  test('JSON may hold brackets, quotes and directives', () => {
    const input = { a: ']] [[text:x]] "q" {', b: [[1], [2]], c: { d: '\\"]]' } };
    assert.deepEqual(first(`[[tool:Agent ${JSON.stringify(input)}]][[text:after]]`).parts, [
      { tool: 'Agent', input },
      { text: 'after' },
    ]);
  });

  test('text may hold brackets, and escapes in quotes', () => {
    assert.deepEqual(first('[[text:a[0] and [[inner]] end]]').parts, [{ text: 'a[0] and [[inner]] end' }]);
    assert.deepEqual(first('[[text:list[1]]]').parts, [{ text: 'list[1]' }]);
    assert.deepEqual(first('[[text:"a\\nb ]] c"]]').parts, [{ text: 'a\nb ]] c' }]);
    assert.deepEqual(first('[[text:"unclosed]]').parts, [{ text: '"unclosed' }]);
  });

  test('a tool without input is left to its schema', () => {
    assert.deepEqual(first('[[tool:mcp__server__do-it]]').parts, [{ tool: 'mcp__server__do-it' }]);
  });

  test('sections follow one another', () => {
    const sections = readDirectives('[[text:one]][[then]][[text:two]][[pace:5]][[then]]')!;
    assert.deepEqual(
      sections.map(({ parts, step }) => [parts, step]),
      [
        [[{ text: 'one' }], {}],
        [[{ text: 'two' }], { pace: 5 }],
        [[], {}],
      ],
    );
  });

  test('settings of the answer', () => {
    const { step } = first('[[usage:input=5,output=7,cache_read=3]][[stop:length]][[model:m]][[chunk:2]][[slice:1]]');
    assert.deepEqual(step, {
      usage: { input: 5, output: 7, cacheRead: 3 },
      stop: 'length',
      model: 'm',
      chunk: 2,
      slice: 1,
    });
  });

  test('faults with their places, times and words', () => {
    const faults = first(
      '[[status:429,retry_after=2,times=3,message=slow, please]][[cut:120]][[cut:event=4,how=end]][[stall]]' +
        '[[stall:event=1,ms=9]][[late:5]][[reset]][[never]][[overflow:99]][[malformed:event=2]][[error:event=2,type=x]]',
    ).faults;
    assert.deepEqual(faults[0], {
      fault: { kind: 'status', status: 429, message: 'slow, please', headers: { 'retry-after': '2' } },
      times: 3,
    });
    assert.deepEqual(
      faults.slice(1).map(({ fault }) => fault),
      [
        { kind: 'cut', at: { byte: 120 }, how: 'close' },
        { kind: 'cut', at: { event: 4 }, how: 'end' },
        { kind: 'stall', at: { event: 3 } },
        { kind: 'stall', at: { event: 1 }, ms: 9 },
        { kind: 'late', ms: 5 },
        { kind: 'reset' },
        { kind: 'never' },
        { kind: 'overflow', window: 99 },
        { kind: 'malformed', at: { event: 2 } },
        { kind: 'error', at: { event: 2 }, type: 'x' },
      ],
    );
  });

  test('what is wrong with a directive is told in the answer', () => {
    for (const [prompt, why] of [
      ['[[tool:Write {"a":}]]', /"tool\\".*input of Write is not JSON/],
      ['[[tool:]]', /needs the name of a tool/],
      ['[[status:soon]]', /status must be a number, not \\"soon\\"/],
      ['[[cut:event=1,how=gently]]', /how must be close, reset or end/],
      ['[[pace:-1]]', /pace must be a number/],
    ] as const) {
      assert.match(JSON.stringify(first(prompt).parts[0]), why);
    }
  });

  test('many openings without an end are read in little time', () => {
    const before = performance.now();
    assert.equal(readDirectives('[[text:'.repeat(100_000)), undefined);
    assert.ok(performance.now() - before < 5000);
  });
});
