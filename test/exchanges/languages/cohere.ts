import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Cited, count, objectIn, type Part, type Reason, type Saying, text, textsIn, valueIn } from '../saying.ts';
import type { Language, Told } from './language.ts';

const reasons: { readonly [word: string]: Reason } = {
  COMPLETE: 'end',
  TOOL_CALL: 'tool_calls',
  MAX_TOKENS: 'length',
  STOP_SEQUENCE: 'stop_sequence',
};

const all = (value: unknown): JsonObject[] => (isObject(value) ? [value] : objectsIn(value));

function gather(events: readonly JsonObject[]): JsonObject {
  const content = new Map<unknown, JsonObject>();
  const calls = new Map<unknown, JsonObject>();
  const citations: JsonObject[] = [];
  let plan = '';
  let answer: JsonObject = {};
  for (const event of events) {
    const delta = objectIn(event['delta']);
    const message = objectIn(delta['message']);
    const { index } = event;
    if (event['type'] === 'content-start') content.set(index, structuredClone(objectIn(message['content'])));
    if (event['type'] === 'content-delta') {
      const block = content.get(index) ?? {};
      for (const [field, value] of Object.entries(objectIn(message['content'])))
        block[field] = text(block[field]) + text(value);
    }
    plan += text(message['tool_plan']);
    for (const call of all(message['tool_calls'])) {
      const known = calls.get(index);
      const fn = objectIn(call['function']);
      if (known === undefined) calls.set(index, structuredClone(call));
      else {
        const before = objectIn(known['function']);
        known['function'] = { ...before, arguments: text(before['arguments']) + text(fn['arguments']) };
      }
    }
    citations.push(...all(message['citations']));
    if (event['type'] === 'message-end') answer = { ...delta };
  }
  return {
    ...answer,
    message: {
      role: 'assistant',
      content: [...content.values()],
      tool_calls: [...calls.values()],
      citations,
      ...(plan !== '' && { tool_plan: plan }),
    },
  };
}

function partsOf(message: JsonObject): Part[] {
  const parts: Part[] = [];
  const plan = text(message['tool_plan']);
  if (typeof message['content'] === 'string') parts.push({ type: 'text', text: message['content'] });
  for (const block of objectsIn(message['content'])) {
    if (block['type'] === 'thinking') parts.push({ type: 'thinking', text: text(block['thinking']) });
    else if (block['type'] === 'text') parts.push({ type: 'text', text: text(block['text']) });
    else parts.push({ type: 'own', value: block });
  }
  // A plan is reasoning told in words.
  if (plan !== '') parts.push({ type: 'thinking', text: plan });
  for (const call of objectsIn(message['tool_calls'])) {
    const fn = objectIn(call['function']);
    parts.push({ type: 'call', id: text(call['id']), name: text(fn['name']), input: valueIn(fn['arguments']) });
  }
  return parts;
}

function citedIn(message: JsonObject): Cited[] {
  return objectsIn(message['citations']).flatMap((one) => {
    return objectsIn(one['sources']).map((source): Cited => {
      const document = objectIn(source['document']);
      const title = text(document['title']);
      const url = text(document['url']);
      return {
        ...(url !== '' && { url }),
        ...(title !== '' && { title }),
        start: count(one['start']),
        end: count(one['end']),
      };
    });
  });
}

function saying(answer: JsonObject): Saying {
  const message = objectIn(answer['message']);
  const usage = objectIn(answer['usage']);
  const tokens = objectIn(usage['tokens']);
  const cacheRead = count(usage['cached_tokens']);
  return {
    parts: partsOf(message),
    cited: citedIn(message),
    reason: reasons[text(answer['finish_reason'])] ?? text(answer['finish_reason']),
    tokens: {
      input: count(tokens['input_tokens']) - cacheRead,
      cacheRead,
      cacheWrite: 0,
      output: count(tokens['output_tokens']),
      reasoning: 0,
    },
  };
}

function told(body: JsonObject): Told[] {
  return objectsIn(body['messages']).map((message): Told => {
    const { role, content } = message;
    if (role === 'assistant') return { role, parts: partsOf(message) };
    if (role === 'tool') {
      const said = objectsIn(content)
        .map(
          (part) =>
            text(part['text']) ||
            text(objectIn(objectIn(part['document'])['data'])['output']) ||
            JSON.stringify(part['document'] ?? ''),
        )
        .join('');
      const result = typeof content === 'string' ? content : said;
      return { role: 'user', parts: [{ type: 'result', id: text(message['tool_call_id']), text: result }] };
    }
    return { role: role === 'system' ? 'system' : 'user', parts: [{ type: 'text', text: textsIn(content) }] };
  });
}

export const cohere: Language = { gather, saying, told };
