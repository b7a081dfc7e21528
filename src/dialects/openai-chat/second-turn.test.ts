// What clients are given of an answer, they give back: proofs have to stand where they stood.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { BlockHead, Event } from '../../canon/event.ts';
import { createFold } from '../../canon/fold.ts';
import { isObject, type JsonObject, numberIn, objectsIn, parseJson } from '../../canon/json.ts';
import { openaiChat } from './index.ts';

const { client } = openaiChat;
const question = { role: 'user', content: 'Look.' };
const request = client.readRequest({ model: 'm', messages: [question], stream: true }, {});

const text = (words: string): Block => ({ type: 'text', text: words });
const thought = (words: string, signature: string): Block => ({ type: 'thinking', text: words, signature });
const bare = (signature: string): Block => thought('', signature);
const hidden = (redacted: string): Block => ({ type: 'thinking', text: '', redacted });
const call = (id: string): Block => ({ type: 'tool_call', id, name: 'look', json: '{"x":1}' });

function headOf(block: Block): BlockHead {
  switch (block.type) {
    case 'thinking':
      return block.redacted === undefined ? { type: 'thinking' } : { type: 'redacted', data: block.redacted };
    case 'tool_call':
      return { type: 'tool_call', id: block.id, name: block.name };
    default:
      return { type: 'text' };
  }
}

function eventsOf(content: readonly Block[]): Event[] {
  const blocks = content.flatMap((block, index): Event[] => {
    const words = 'text' in block && block.text !== '' ? [{ type: 'text', index, text: block.text } as const] : [];
    const proof =
      block.type === 'thinking' && block.signature !== undefined
        ? [{ type: 'signature', index, signature: block.signature } as const]
        : [];
    const json = block.type === 'tool_call' ? [{ type: 'json', index, json: block.json } as const] : [];
    return [{ type: 'open', index, block: headOf(block) }, ...words, ...json, ...proof, { type: 'close', index }];
  });
  return [{ type: 'start', id: 'c', model: 'm' }, ...blocks, { type: 'finish', reason: 'end' }];
}

/** The message of a whole answer. */
function wholeOf(content: readonly Block[]): JsonObject {
  const fold = createFold();
  for (const event of eventsOf(content)) fold.sink(event);
  const [choice] = objectsIn(client.writeResponse(fold.result(), request)['choices']);
  assert.ok(isObject(choice?.['message']));
  return choice['message'];
}

/** The message as clients put it together from a stream: lists of reasoning as they came, or each entry from its pieces. */
function gathered(content: readonly Block[], merging: boolean): JsonObject {
  let stream = '';
  const sink = client.writeStream((piece) => {
    stream += String(piece);
  }, request);
  for (const event of eventsOf(content)) sink(event);
  const message: JsonObject = { role: 'assistant' };
  const details: JsonObject[] = [];
  const calls: JsonObject[] = [];
  for (const line of stream.split('\n')) {
    const chunk = parseJson(line.replace('data: ', ''));
    const [choice] = isObject(chunk) ? objectsIn(chunk['choices']) : [];
    const delta = isObject(choice?.['delta']) ? choice['delta'] : {};
    for (const field of ['content', 'reasoning_content']) {
      const piece = delta[field];
      if (typeof piece === 'string' && piece !== '') message[field] = String(message[field] ?? '') + piece;
    }
    if (delta['extra_content'] !== undefined) message['extra_content'] = delta['extra_content'];
    for (const detail of objectsIn(delta['reasoning_details'])) {
      const known = merging ? details.find(({ index }) => index === detail['index']) : undefined;
      if (known === undefined) details.push({ ...detail });
      else
        Object.assign(
          known,
          detail,
          'text' in detail && { text: String(known['text'] ?? '') + String(detail['text']) },
        );
    }
    for (const piece of objectsIn(delta['tool_calls'])) addTo(calls, piece);
  }
  return {
    ...message,
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function addTo(calls: JsonObject[], { index, function: fn, ...rest }: JsonObject): void {
  const at = numberIn(index) ?? 0;
  const known = calls[at];
  const { arguments: json } = fn as { arguments: string };
  if (known === undefined) calls[at] = { ...rest, function: { ...(fn as JsonObject) } };
  else (known['function'] as { arguments: string }).arguments += json;
}

function readBack(message: JsonObject): unknown {
  const { turns } = client.readRequest({ model: 'm', messages: [question, message] }, {});
  return turns[1]?.content;
}

function without(message: JsonObject, field: string): JsonObject {
  const { [field]: _, ...rest } = message;
  return rest;
}

describe('a second turn brings back', () => {
  const answers: { readonly [what: string]: readonly Block[] } = {
    'a thought before the words': [thought('Hmm.', 's'), text('Yes.')],
    'thoughts between calls': [
      thought('One.', 's1'),
      text('So.'),
      thought('Two.', 's2'),
      call('a'),
      thought('Three.', 's3'),
      call('b'),
    ],
    'what was encrypted, and what follows it': [
      hidden('r1'),
      thought('Hmm.', 's'),
      text('So.'),
      hidden('r2'),
      call('a'),
    ],
    'bare proofs of some calls': [bare('s1'), call('a'), call('b'), bare('s2'), call('c')],
    'a thought and a bare proof before one call': [thought('Hmm.', 's1'), bare('s2'), call('a')],
    'a bare proof before the words': [bare('s'), text('Yes.')],
    'the proof of a text': [text('Yes.'), bare('s')],
  };
  for (const [what, content] of Object.entries(answers)) {
    test(`${what}, from a whole answer`, () => {
      assert.deepEqual(readBack(wholeOf(content)), content);
    });
    test(`${what}, from a stream`, () => {
      assert.deepEqual(readBack(gathered(content, false)), content);
      assert.deepEqual(readBack(gathered(content, true)), content);
    });
  }

  test('bare proofs though the client keeps only the calls, or only the list', () => {
    const content = [bare('s1'), call('a'), call('b'), bare('s2'), call('c')];
    for (const message of [wholeOf(content), gathered(content, false)]) {
      assert.deepEqual(readBack(without(message, 'reasoning_details')), content);
      const calls = objectsIn(message['tool_calls']).map((one) => without(one, 'extra_content'));
      assert.deepEqual(readBack({ ...message, tool_calls: calls }), content);
    }
  });
});
