import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Cited, count, objectIn, type Part, type Reason, type Saying, text, textsIn, valueIn } from '../saying.ts';
import type { Language, Told } from './language.ts';

const reasons: { readonly [word: string]: Reason } = {
  end_turn: 'end',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  guardrail_intervened: 'refusal',
  content_filtered: 'refusal',
  model_context_window_exceeded: 'overflow',
};

/** Events are named by their one member. Blocks of text have no start. */
function gather(events: readonly JsonObject[]): JsonObject {
  const blocks = new Map<number, JsonObject>();
  let answer: JsonObject = {};
  for (const event of events) {
    const { contentBlockStart: start, contentBlockDelta: grown, messageStop, metadata } = event;
    if (isObject(start)) {
      blocks.set(Number(start['contentBlockIndex']), structuredClone(objectIn(start['start'])));
    } else if (isObject(grown)) {
      const place = Number(grown['contentBlockIndex']);
      const block = blocks.get(place) ?? {};
      blocks.set(place, block);
      grow(block, objectIn(grown['delta']));
    } else if (isObject(messageStop)) answer = { ...answer, ...messageStop };
    else if (isObject(metadata)) answer = { ...answer, ...metadata };
  }
  const content = [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
  for (const { toolUse } of content) if (isObject(toolUse)) toolUse['input'] = valueIn(toolUse['input']);
  return { ...answer, output: { message: { role: 'assistant', content } } };
}

function grow(block: JsonObject, delta: JsonObject): void {
  if (typeof delta['text'] === 'string') block['text'] = text(block['text']) + delta['text'];
  if (isObject(delta['toolUse'])) {
    const before = objectIn(block['toolUse']);
    block['toolUse'] = { ...before, input: text(before['input']) + text(delta['toolUse']['input']) };
  }
  if (isObject(delta['reasoningContent'])) {
    const { redactedContent, ...said } = delta['reasoningContent'];
    const before = objectIn(objectIn(block['reasoningContent'])['reasoningText']);
    block['reasoningContent'] =
      redactedContent === undefined
        ? {
            reasoningText: {
              ...before,
              ...(said['text'] !== undefined && { text: text(before['text']) + text(said['text']) }),
              ...(said['signature'] !== undefined && { signature: said['signature'] }),
            },
          }
        : { redactedContent };
  }
  if (isObject(delta['image'])) block['image'] = { ...objectIn(block['image']), ...delta['image'] };
  if (isObject(delta['citation'])) block['citations'] = [...objectsIn(block['citations']), delta['citation']];
}

/** Binary values are base64 on the wire; the SDK makes bytes of them. */
function base64(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : text(value);
}

function partOf(block: JsonObject): Part {
  const { toolUse, toolResult, reasoningContent, citationsContent, image } = block;
  if (isObject(toolUse)) {
    return { type: 'call', id: text(toolUse['toolUseId']), name: text(toolUse['name']), input: toolUse['input'] ?? {} };
  }
  if (isObject(toolResult)) {
    const said = objectsIn(toolResult['content']).map((one) =>
      one['json'] === undefined ? text(one['text']) : JSON.stringify(one['json']),
    );
    return { type: 'result', id: text(toolResult['toolUseId']), text: said.join('') };
  }
  if (isObject(reasoningContent)) {
    const { redactedContent, reasoningText } = reasoningContent;
    if (redactedContent !== undefined) return { type: 'thinking', text: '', redacted: base64(redactedContent) };
    const { text: said, signature } = objectIn(reasoningText);
    return {
      type: 'thinking',
      text: text(said),
      ...(typeof signature === 'string' && signature !== '' && { proof: signature }),
    };
  }
  if (isObject(image)) return { type: 'image', data: base64(objectIn(image['source'])['bytes']) };
  if (isObject(citationsContent)) return { type: 'text', text: textsIn(citationsContent['content']) };
  if (typeof block['text'] === 'string') return { type: 'text', text: block['text'] };
  return { type: 'own', value: block };
}

function citedIn(blocks: readonly JsonObject[]): Cited[] {
  const cited: Cited[] = [];
  let at = 0;
  for (const block of blocks) {
    const part = partOf(block);
    const length = part.type === 'text' ? part.text.length : 0;
    const list = isObject(block['citationsContent']) ? block['citationsContent']['citations'] : block['citations'];
    for (const one of objectsIn(list)) {
      const url = text(objectIn(objectIn(one['location'])['web'])['url']);
      const title = text(one['title']);
      cited.push({ ...(url !== '' && { url }), ...(title !== '' && { title }), start: at, end: at + length });
    }
    at += length;
  }
  return cited;
}

function saying(answer: JsonObject): Saying {
  const blocks = objectsIn(objectIn(objectIn(answer['output'])['message'])['content']);
  const usage = objectIn(answer['usage']);
  return {
    parts: blocks.map(partOf),
    cited: citedIn(blocks),
    reason: reasons[text(answer['stopReason'])] ?? text(answer['stopReason']),
    tokens: {
      input: count(usage['inputTokens']),
      cacheRead: count(usage['cacheReadInputTokens']),
      cacheWrite: count(usage['cacheWriteInputTokens']),
      output: count(usage['outputTokens']),
      reasoning: 0,
    },
  };
}

function told(body: JsonObject): Told[] {
  const system = objectsIn(body['system']);
  const before: Told[] = system.length === 0 ? [] : [{ role: 'system', parts: system.map(partOf) }];
  return [
    ...before,
    ...objectsIn(body['messages']).map((message): Told => {
      return { role: message['role'] as Told['role'], parts: objectsIn(message['content']).map(partOf) };
    }),
  ];
}

export const bedrockConverse: Language = { gather, saying, told };
