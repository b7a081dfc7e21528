import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asGatewayError } from '../canon/error.ts';
import { sealMark } from '../canon/seal-mark.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { CallRecord } from '../observe/call.ts';
import { Pieces } from '../wire/pieces.ts';
import { scanBody } from '../wire/splice.ts';
import type { Call, ClientDialect } from './call.ts';
import { Carriages } from './carriages.ts';
import { type Experience, incoming } from './incoming.ts';
import { KeptTools } from './kept-tools.ts';

const translating: Experience = { carriages: new Carriages(), keptTools: new KeptTools() };
translating.carriages.learn({ client: 'anthropic', model: 'far', carriage: 'translated' } as CallRecord);

/** Tools that were met before, and others. */
const tools = JSON.stringify([{ name: 'read', description: 'r'.repeat(300), input_schema: { model: { model: 1 } } }]);
const others = tools.replace('read', 'write');
for (let i = 0; i < 2; i++) {
  const body = Pieces.ofText(`{"tools":${tools}}`);
  translating.keptTools.meet('anthropic', body.whole(), scanBody(body));
}

function callOf(body: Pieces): Call {
  return { dialect: dialectNamed('anthropic') as ClientDialect, headers: {}, body, record: {} } as Call;
}

/** What is found out about a body, or why it is refused. */
function found(body: Pieces, experience?: Experience): unknown {
  return orRefusal(() => {
    const source = incoming(callOf(body), experience);
    const { model, stream } = source;
    return { model, stream, request: source.request(), sealed: source.isSealed() };
  });
}

/** Where things stand in it, for who asks before reading it. */
function places(body: Pieces, experience?: Experience): unknown {
  return orRefusal(() => incoming(callOf(body), experience).scan());
}

function orRefusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    const { kind, message } = asGatewayError(error);
    return { kind, message };
  }
}

const rest = '"max_tokens":5,"messages":[{"role":"user","content":"Good day"}]';

const bodies: { readonly [what: string]: string | Buffer } = {
  'as clients send it': `{"model":"far",${rest}}`,
  'with spaces': ` {\n "model" : "far" , ${rest}, "stream" : true }`,
  'of another model': `{"model":"near",${rest}}`,
  'whose model stands last': `{${rest},"model":"far"}`,
  'whose model stands twice': `{"model":"far",${rest},"model":"far"}`,
  'whose model stands twice, once in disguise': `{"model":"far",${rest},"mod\\u0065l":"near"}`,
  'whose model stands twice, the same, once in disguise': `{"model":"far",${rest},"mod\\u0065l":"far"}`,
  'whose model stands twice beside tools, once in disguise': `{"model":"far","tools":${others},${rest},"mod\\u0065l":"far"}`,
  'that speaks of models': `{"model":"far",${rest},"metadata":{"model":"near"}}`,
  'whose text speaks of models': `{"model":"far",${rest},"system":"the \\"model\\" far"}`,
  'whose model has escapes': `{"model":"f\\u0061r",${rest}}`,
  'whose model is none': `{"model":7,${rest}}`,
  'with a stream that is none': `{"model":"far",${rest},"stream":"true"}`,
  'with two streams': `{"model":"far","stream":true,${rest},"stream":false}`,
  'that ends too early': `{"model":"far",${rest}`,
  'with something behind it': `{"model":"far",${rest}} {}`,
  'that is a list': `[{"model":"far",${rest}}]`,
  'with wrong letters': Buffer.from(`{"model":"far","system":"\xff",${rest}}`, 'latin1'),
  'with a mark before it': `\ufeff{"model":"far",${rest}}`,
  'with a seal': `{"model":"far",${rest},"system":"${sealMark}abc"}`,
  'without tokens': `{"model":"far","messages":[]}`,
  'with tools': `{"model":"far",${rest},"tools":${tools}}`,
  'with tools before the rest': `{"model":"far","tools" :\n${tools},${rest}}`,
  'with tools that are not known': `{"model":"far",${rest},"tools":${others}}`,
  'with tools twice, known ones first': `{"model":"far","tools":${tools},"tools":${others},${rest}}`,
  'with tools twice, known ones last': `{"model":"far","tools":${others},"tools":${tools},${rest}}`,
  'with tools and none': `{"model":"far","tools":${tools},"tools":null,${rest}}`,
  'with tools twice, once in disguise': `{"model":"far","tools":${tools},"tool\\u0073":${others},${rest}}`,
  'with tools within something else': `{"model":"far","metadata":{"tools":${tools}},${rest}}`,
  'with tools within something else and such': `{"model":"far","metadata":{"tools":${tools}},"tools":${others},${rest}}`,
  'that speaks of tools': `{"model":"far","metadata":{"user_id":"tools"},"tools":${tools},${rest}}`,
  'whose text has tools': `{"model":"far","system":${JSON.stringify(`"tools":${tools}`)},${rest}}`,
  'whose text ends before tools': `{"model":"far","system":"x"tools":${tools},${rest}}`,
  'with tools and more behind them': `{"model":"far","tools":${tools}[],${rest}}`,
  'with tools that end too early': `{"model":"far",${rest},"tools":${tools.slice(0, -1)}`,
  'with tools and wrong letters': Buffer.from(`{"model":"far","system":"\xff",${rest},"tools":${tools}}`, 'latin1'),
  'with tools and two models': `{"model":"far","tools":${tools},"model":"near",${rest}}`,
  'with tools, that is long': `{"model":"far","system":"${'word '.repeat(2000)}","tools":${tools},${rest}}`,
  'that is long': `{"model":"far","system":"${'word '.repeat(2000)}",${rest}}`,
};

for (const [what, text] of Object.entries(bodies)) {
  test(`a body ${what} means the same whether it is scanned or read at once`, () => {
    const body = Buffer.from(text as string);
    const whole = new Pieces([body]);
    assert.deepEqual(found(whole, translating), found(whole));
    assert.deepEqual(places(whole, translating), places(whole));
    const cut = new Pieces([body.subarray(0, 9), body.subarray(9)]);
    assert.deepEqual(found(cut, translating), found(whole));
  });
}

test('a short body whose model is translated is read without being scanned', (t) => {
  const parse = t.mock.method(JSON, 'parse');
  const model = (body: string, experience?: Experience): [string | undefined, number] => {
    parse.mock.resetCalls();
    return [incoming(callOf(Pieces.ofText(body)), experience).model, parse.mock.callCount()];
  };
  assert.deepEqual(model(`{"model":"far",${rest}}`, translating), ['far', 1]);
  assert.deepEqual(model(`{"model":"near",${rest}}`, translating), ['near', 0]);
  assert.deepEqual(model(`{"model":"far",${rest}}`, { carriages: new Carriages(), keptTools: new KeptTools() }), [
    'far',
    0,
  ]);
  assert.deepEqual(model(`{"model":"far",${rest}}`), ['far', 0]);
});
