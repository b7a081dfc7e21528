import assert from 'node:assert/strict';
import type { Heard, Language } from './weather-station.ts';

/** What an answer comes to, whatever its language. */
export interface Outcome {
  /** `whole`: a complete answer. `error`: the client was told of a failure. `broken`: it broke off, and shows it. */
  readonly kind: 'whole' | 'error' | 'broken';
  readonly text: string;
  /** Arguments of the tool calls, as they stand. */
  readonly calls: readonly string[];
  readonly stop: string;
  /** The error, as the client would read it. */
  readonly type: string;
  readonly message: string;
  readonly pings: number;
}

type Json = { readonly [name: string]: unknown };

const objectIn = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectIn) : []);
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads an answer as a client of that language would; never believes more than it would. */
export function outcomeOf(client: Language, heard: Heard): Outcome {
  const type = String(heard.headers['content-type'] ?? '');
  if (!type.startsWith('text/event-stream'))
    return client === 'anthropic' ? wholeMessage(heard) : wholeCompletion(heard);
  return client === 'anthropic' ? messageStream(heard) : completionStream(heard);
}

interface Draft {
  text: string;
  calls: string[];
  stop: string;
  type: string;
  message: string;
  pings: number;
}

const draft = (): Draft => ({ text: '', calls: [], stop: '', type: '', message: '', pings: 0 });

function failed(draft: Draft, error: unknown): Outcome {
  const { type, message } = objectIn(error);
  return { ...draft, kind: 'error', type: textIn(type), message: textIn(message) };
}

function parsed(text: string): Json | undefined {
  try {
    return objectIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function wholeMessage(heard: Heard): Outcome {
  const body = heard.complete ? parsed(heard.text) : undefined;
  if (body === undefined) return { ...draft(), kind: 'broken' };
  if (heard.status !== 200) return failed(draft(), body['error']);
  const blocks = listIn(body['content']);
  const text = blocks.map((block) => textIn(block['text'])).join('');
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ input }) => JSON.stringify(input));
  return { ...draft(), kind: 'whole', text, calls, stop: textIn(body['stop_reason']) };
}

function wholeCompletion(heard: Heard): Outcome {
  const body = heard.complete ? parsed(heard.text) : undefined;
  if (body === undefined) return { ...draft(), kind: 'broken' };
  if (heard.status !== 200) return failed(draft(), body['error']);
  const [choice] = listIn(body['choices']);
  const message = objectIn(choice?.['message']);
  const calls = listIn(message['tool_calls']).map((call) => textIn(objectIn(call['function'])['arguments']));
  return {
    ...draft(),
    kind: 'whole',
    text: textIn(message['content']),
    calls,
    stop: textIn(choice?.['finish_reason']),
  };
}

/** Frames of a stream; what follows the last empty line is none yet. */
function framesIn(text: string): readonly { readonly event: string; readonly data: string }[] {
  const frames = text.split('\n\n').slice(0, -1);
  return frames.map((frame) => {
    const lines = frame.split('\n');
    const field = (name: string): string =>
      lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trimStart())
        .join('\n');
    return { event: field('event'), data: field('data') };
  });
}

function messageStream(heard: Heard): Outcome {
  const found = draft();
  let open = false;
  let begun = false;
  for (const { event, data } of framesIn(heard.text)) {
    const body = parsed(data);
    assert.ok(body !== undefined, `a frame is not JSON: ${data.slice(0, 200)}`);
    assert.equal(body['type'], event, 'the name of an event differs from its type');
    if (event === 'error') return failed(found, body['error']);
    if (event === 'ping') found.pings += 1;
    if (event === 'message_start') {
      assert.ok(!begun, 'a second message_start');
      begun = true;
    }
    if (event === 'content_block_start') {
      assert.ok(begun && !open, 'a block begins where none may');
      open = true;
      if (objectIn(body['content_block'])['type'] === 'tool_use') found.calls.push('');
    }
    if (event === 'content_block_delta') {
      const delta = objectIn(body['delta']);
      assert.ok(open, 'a delta outside of a block');
      found.text += textIn(delta['text']);
      if (delta['type'] === 'input_json_delta')
        found.calls.push((found.calls.pop() ?? '') + textIn(delta['partial_json']));
    }
    if (event === 'content_block_stop') {
      assert.ok(open, 'the end of a block that did not begin');
      open = false;
    }
    if (event === 'message_delta') found.stop = textIn(objectIn(body['delta'])['stop_reason']);
    if (event === 'message_stop') {
      assert.ok(begun && !open && found.stop !== '', 'the end of a message that is not complete');
      return { ...found, kind: 'whole' };
    }
  }
  return { ...found, kind: 'broken' };
}

function completionStream(heard: Heard): Outcome {
  const found = draft();
  found.pings = heard.text.split('\n').filter((line) => line.startsWith(':')).length;
  for (const { data } of framesIn(heard.text)) {
    if (data === '') continue;
    if (data === '[DONE]') return { ...found, kind: found.stop === '' ? 'broken' : 'whole' };
    const body = parsed(data);
    assert.ok(body !== undefined, `a frame is not JSON: ${data.slice(0, 200)}`);
    if (body['error'] !== undefined) return failed(found, body['error']);
    const [choice] = listIn(body['choices']);
    const delta = objectIn(choice?.['delta']);
    found.text += textIn(delta['content']);
    for (const call of listIn(delta['tool_calls'])) {
      const index = Number(call['index']);
      found.calls[index] = (found.calls[index] ?? '') + textIn(objectIn(call['function'])['arguments']);
    }
    found.stop = textIn(choice?.['finish_reason']) || found.stop;
  }
  // Clients take an answer that says why it ends for a whole one, also without the mark at its end.
  return { ...found, kind: heard.complete && found.stop !== '' ? 'whole' : 'broken' };
}

/** The error of an answer, which must be one in the client's own form. */
export function errorOf(client: Language, heard: Heard): Outcome {
  const outcome = outcomeOf(client, heard);
  assert.equal(outcome.kind, 'error', `no error was told: ${heard.status} ${heard.text.slice(0, 300)}`);
  assert.notEqual(outcome.message, '', 'an error without a message');
  assert.notEqual(outcome.type, '', 'an error without a type');
  if (client === 'anthropic' && heard.status !== 200) {
    const body = objectIn(JSON.parse(heard.text));
    assert.equal(body['type'], 'error');
    assert.equal(body['request_id'], heard.headers['request-id'], 'request_id and request-id differ');
    assert.match(String(body['request_id']), /^req_/);
  }
  return outcome;
}
