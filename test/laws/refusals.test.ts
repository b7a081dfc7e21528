// Law 11: what services say when they refuse is understood, before an answer and in the middle of one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialectNamed } from '../../src/dialects/index.ts';
import { createMessageWriter } from '../../src/wire/aws-eventstream.ts';
import { readStreamed } from './reading.ts';
import { anthropicBreaks, anthropicRefusals } from './refusals/anthropic.ts';
import { bedrockBreaks, bedrockRefusals } from './refusals/bedrock-converse.ts';
import { cohereBreaks, cohereRefusals } from './refusals/cohere.ts';
import { geminiBreaks, geminiRefusals } from './refusals/gemini.ts';
import { chatBreaks, chatRefusals } from './refusals/openai-chat.ts';
import { responsesBreaks, responsesRefusals } from './refusals/openai-responses.ts';
import type { Break } from './refusals/refusal.ts';

function told(body: unknown): string {
  return (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 110);
}

const refusals = [
  ...anthropicRefusals,
  ...chatRefusals,
  ...responsesRefusals,
  ...geminiRefusals,
  ...bedrockRefusals,
  ...cohereRefusals,
];
const breaks = [
  ...anthropicBreaks,
  ...chatBreaks,
  ...responsesBreaks,
  ...geminiBreaks,
  ...bedrockBreaks,
  ...cohereBreaks,
];

describe('a refusal', () => {
  for (const { from, dialect, status, body, headers = {}, kind, retryAfter, shouldRetry } of refusals) {
    test(`${dialect}, ${from}: ${status} ${told(body)} is ${kind}`, () => {
      const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const error = dialectNamed(dialect).upstream.readError(status, headers, bytes);
      assert.equal(error.kind, kind);
      assert.equal(error.details.retryAfter, retryAfter);
      assert.equal(error.details.shouldRetry, shouldRetry);
    });
  }
});

/** The bytes of an event as the language sends it. */
function frame({ dialect, name, event }: Break): Buffer {
  const data = JSON.stringify(event);
  if (dialect === 'bedrock-converse') {
    const headers = {
      ':message-type': 'exception',
      ':exception-type': name ?? '',
      ':content-type': 'application/json',
    };
    return createMessageWriter(headers)(data);
  }
  return Buffer.from(`${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`);
}

describe('an error inside an answer', () => {
  for (const one of breaks) {
    test(`${one.dialect}, ${one.from}: ${told(one.event)} is ${one.kind}`, () => {
      const events = readStreamed(dialectNamed(one.dialect).upstream, [frame(one)]);
      const errors = events.flatMap((event) => (event.type === 'error' ? [event.error] : []));
      assert.equal(errors[0]?.kind, one.kind);
      assert.equal(errors[0]?.details.retryAfter, one.retryAfter);
    });
  }
});
