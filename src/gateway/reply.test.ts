import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialectNamed } from '../dialects/index.ts';
import type { Call, ClientDialect } from './call.ts';
import { passedHeaders } from './reply.ts';

test('headers that the client knows go with an answer that passes, and with no other', () => {
  const call = { dialect: dialectNamed('anthropic') as ClientDialect } as Call;
  const theirs = {
    'request-id': 'req_7',
    'content-encoding': 'gzip',
    'set-cookie': 'a=b',
    'x-unknown': 'x',
  };
  const known = call.dialect.pass?.responseHeaders ?? [];
  const expected = Object.fromEntries(Object.entries(theirs).filter(([name]) => known.includes(name)));
  assert.ok(Object.keys(expected).length > 0 && !known.includes('set-cookie'));
  assert.deepEqual(passedHeaders(call, 'passed', theirs), expected);
  assert.deepEqual(passedHeaders(call, 'amended', theirs, { 'x-before': '1' }), { 'x-before': '1', ...expected });
  assert.deepEqual(passedHeaders(call, 'translated', theirs), {});
});
