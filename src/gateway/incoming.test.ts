import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asGatewayError } from '../canon/error.ts';
import { sealMark } from '../canon/seal-mark.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { CallRecord } from '../observe/call.ts';
import { Pieces } from '../wire/pieces.ts';
import type { Call, ClientDialect } from './call.ts';
import { Carriages } from './carriages.ts';
import { incoming } from './incoming.ts';

const translating = new Carriages();
translating.learn({ client: 'anthropic', model: 'far', carriage: 'translated' } as CallRecord);

function callOf(body: Pieces): Call {
  return { dialect: dialectNamed('anthropic') as ClientDialect, headers: {}, body, record: {} } as Call;
}

/** What is found out about a body, or why it is refused. */
function found(body: Pieces, carriages?: Carriages): unknown {
  return orRefusal(() => {
    const source = incoming(callOf(body), carriages);
    const { model, stream } = source;
    return { model, stream, request: source.request(), sealed: source.isSealed() };
  });
}

/** Where things stand in it, for who asks before reading it. */
function places(body: Pieces, carriages?: Carriages): unknown {
  return orRefusal(() => incoming(callOf(body), carriages).scan());
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
  const model = (body: string, carriages?: Carriages): [string | undefined, number] => {
    parse.mock.resetCalls();
    return [incoming(callOf(Pieces.ofText(body)), carriages).model, parse.mock.callCount()];
  };
  assert.deepEqual(model(`{"model":"far",${rest}}`, translating), ['far', 1]);
  assert.deepEqual(model(`{"model":"near",${rest}}`, translating), ['near', 0]);
  assert.deepEqual(model(`{"model":"far",${rest}}`, new Carriages()), ['far', 0]);
  assert.deepEqual(model(`{"model":"far",${rest}}`), ['far', 0]);
});
