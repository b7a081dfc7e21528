import { isObject, type JsonObject, objectsIn } from '../../src/canon/json.ts';
import { cutAt } from '../laws/splits.ts';
import { streamOf } from './frames.ts';
import { languages } from './languages/index.ts';
import { objectIn } from './saying.ts';

/** A stream, as its events and as bytes. */
export interface Streamed {
  readonly language: string;
  readonly lines: readonly JsonObject[];
  readonly stream: Buffer;
}

/** The same answer as another server might send it; nothing where the language knows no such thing. */
export type Variation = (told: Streamed) => readonly Uint8Array[] | undefined;

const isBinary = ({ language }: Streamed): boolean => language === 'bedrock-converse';

/** Other text for the same frames. */
function retold(change: (text: string) => string): Variation {
  return (told) => (isBinary(told) ? undefined : [Buffer.from(change(told.stream.toString()))]);
}

/** Other events, of these languages or of all. */
function changed(change: (event: JsonObject, place: number) => JsonObject[], ...of: readonly string[]): Variation {
  return ({ language, lines }) =>
    of.length > 0 && !of.includes(language)
      ? undefined
      : [
          streamOf(
            language,
            lines.flatMap((line, place) => change(structuredClone(line), place)),
          ),
        ];
}

function isType(pattern: RegExp): (event: JsonObject) => boolean {
  return ({ type }) => pattern.test(String(type));
}

function without(left: (event: JsonObject) => boolean, ...of: readonly string[]): Variation {
  return changed((event) => (left(event) ? [] : [event]), ...of);
}

function withoutFields(names: readonly string[], ...of: readonly string[]): Variation {
  return changed(
    (event) => {
      for (const name of names) delete event[name];
      return [event];
    },
    ...of,
  );
}

/** Every value of every object, however deep. */
function deeply(value: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => deeply(one, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(name, deeply(inner, change))]));
}

const counts = /(?:tokens?|TokenCount|Tokens)$/i;

/** Events that no reader has heard of. */
const unheard: { readonly [language: string]: JsonObject } = {
  anthropic: { type: 'brand_new', value: 1 },
  'openai-responses': { type: 'response.brand_new.delta', output_index: 0, item_id: 'x', delta: 'zzz' },
  'openai-chat': { object: 'chat.completion.chunk', choices: [], brand_new: 1 },
  gemini: { brandNew: 1 },
  'bedrock-converse': { brandNew: { x: 1 } },
  cohere: { type: 'brand-new', delta: {} },
};

const nulls: { readonly [language: string]: (event: JsonObject) => JsonObject } = {
  'openai-chat': (event) => ({
    system_fingerprint: null,
    service_tier: null,
    usage: null,
    ...event,
    choices: objectsIn(event['choices']).map((choice) => ({
      logprobs: null,
      ...choice,
      delta: {
        refusal: null,
        function_call: null,
        tool_calls: null,
        reasoning_content: null,
        audio: null,
        annotations: null,
        ...objectIn(choice['delta'] ?? choice['message']),
      },
    })),
  }),
  anthropic: (event) => {
    if (isObject(event['content_block']))
      return { ...event, content_block: { citations: null, caller: null, ...event['content_block'] } };
    if (event['type'] !== 'message_delta') return event;
    const usage = { cache_read_input_tokens: null, input_tokens: null, ...objectIn(event['usage']) };
    return { ...event, usage, delta: { stop_sequence: null, container: null, ...objectIn(event['delta']) } };
  },
  gemini: (event) => ({
    promptFeedback: null,
    ...event,
    candidates: objectsIn(event['candidates']).map((candidate) => ({
      citationMetadata: null,
      groundingMetadata: null,
      finishReason: null,
      finishMessage: null,
      ...candidate,
    })),
  }),
  'openai-responses': (event) =>
    isObject(event['item'])
      ? { ...event, item: { namespace: null, caller: null, phase: null, ...event['item'] } }
      : event,
  cohere: (event) => ({ logprobs: null, ...event }),
};

/** What servers, and machines between, do with the same answer. None of it may change what a client hears. */
export const variations: { readonly [name: string]: Variation } = {
  'byte by byte': ({ stream }) =>
    stream.length > 30_000
      ? undefined
      : cutAt(
          stream,
          Array.from({ length: stream.length }, (_, i) => i),
        ),
  'cut inside of characters': ({ stream }) => {
    const places = [...stream.entries()].flatMap(([i, byte]) => (byte >= 0x80 ? [i] : []));
    return places.length === 0 ? undefined : cutAt(stream, places.slice(0, 300));
  },
  'lines that end in CR and LF': retold((text) => text.replaceAll('\n', '\r\n')),
  'lines that end in CR': retold((text) => text.replaceAll('\n', '\r')),
  'comments between': retold((text) => text.replaceAll('\n\n', '\n\n: keep-alive\n\n:\n\n')),
  'fields that nobody needs': retold((text) => text.replaceAll('data: ', ': x\nid: 7\nretry: 100\ndata: ')),
  'no space after the colon': retold((text) => text.replaceAll(/^(data|event): /gm, '$1:')),
  'no names of events': retold((text) => text.replaceAll(/^event: .*\n/gm, '')),
  'a byte order mark': (told) => (isBinary(told) ? undefined : [Buffer.from([0xef, 0xbb, 0xbf]), told.stream]),
  'data over many lines': ({ language, lines }) => {
    if (language === 'bedrock-converse') return undefined;
    const frames = lines.map((line) => {
      const name = typeof line['type'] === 'string' && language !== 'openai-chat' ? `event: ${line['type']}\n` : '';
      const data = JSON.stringify(line, null, 1).split('\n');
      return `${name}${data.map((one) => `data: ${one}\n`).join('')}\n`;
    });
    return [Buffer.from(frames.join('') + (language === 'openai-chat' ? 'data: [DONE]\n\n' : ''))];
  },
  'no mark of the end': (told) =>
    told.language === 'openai-chat' ? [Buffer.from(told.stream.toString().replace('data: [DONE]\n\n', ''))] : undefined,
  'unknown fields': changed(
    (event) => [{ ...event, brand_new: { a: [1] } }],
    'openai-chat',
    'anthropic',
    'openai-responses',
    'gemini',
    'cohere',
  ),
  'unknown events': (told) =>
    changed((event, place) => (place % 2 === 0 ? [event, { ...unheard[told.language] }] : [event]))(told),
  pings: changed((event) => [event, { type: 'ping' }], 'anthropic'),
  'nulls for what is absent': (told) => {
    const fill = nulls[told.language];
    return fill === undefined ? undefined : changed((event) => [fill(event)])(told);
  },
  'counts as text': changed((event) => {
    const isCount = (name: string, value: unknown): boolean => typeof value === 'number' && counts.test(name);
    return [deeply(event, (name, value) => (isCount(name, value) ? String(value) : value)) as JsonObject];
  }),
  'usage in every chunk': (told) => {
    const usage = told.lines.map((line) => line['usage']).findLast(isObject);
    return usage === undefined ? undefined : changed((event) => [{ ...event, usage }], 'openai-chat')(told);
  },
  'chunks without choices': changed(
    (event, place) => (place % 3 === 0 ? [{ ...event, choices: [], usage: null }, event] : [event]),
    'openai-chat',
  ),
  'empty deltas': (told) => {
    if (told.language === 'openai-chat')
      return changed((event) => [
        {
          ...event,
          usage: undefined,
          choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
        },
        event,
      ])(told);
    if (told.language === 'gemini') {
      const candidates = [{ content: { role: 'model', parts: [{ text: '' }] } }];
      return changed((event) => [{ ...event, usageMetadata: undefined, candidates }, event])(told);
    }
    return changed((event) => {
      const isText = objectIn(event['delta'])['type'] === 'text_delta';
      return isText ? [{ ...event, delta: { type: 'text_delta', text: '' } }, event] : [event];
    }, 'anthropic')(told);
  },
  'no names of the answer': (told) =>
    withoutFields(['id', 'created', 'object', 'model'], 'openai-chat')(told) ??
    withoutFields(['responseId', 'modelVersion'], 'gemini')(told) ??
    withoutFields(['sequence_number'], 'openai-responses')(told),
  'each call in one piece': (told) => {
    const [choice] = objectsIn(languages['openai-chat'].gather(told.lines)['choices']);
    const calls = objectsIn(objectIn(choice?.['message'])['tool_calls']);
    if (calls.length === 0) return undefined;
    let isSaid = false;
    return changed((event) => {
      const [first] = objectsIn(event['choices']);
      const delta = objectIn(first?.['delta']);
      if (first === undefined || !Array.isArray(delta['tool_calls'])) return [event];
      const { tool_calls: _, ...rest } = delta;
      const whole = isSaid ? {} : { tool_calls: calls.map((call, index) => ({ ...call, index })) };
      isSaid = true;
      return [{ ...event, choices: [{ ...first, delta: { ...rest, ...whole } }] }];
    }, 'openai-chat')(told);
  },
  'no events of parts': without(isType(/content_part|summary_part/), 'openai-responses'),
  'no events of ends': without(isType(/(?:text|arguments|refusal|input|part)\.done$/), 'openai-responses'),
  'no deltas': without(isType(/\.delta$/), 'openai-responses'),
  'nothing in the last event': changed((event) => {
    const isLast = /\.(?:completed|incomplete)$/.test(String(event['type'])) && isObject(event['response']);
    return [isLast ? { ...event, response: { ...objectIn(event['response']), output: [] } } : event];
  }, 'openai-responses'),
  'no start': without(({ messageStart }) => messageStart !== undefined, 'bedrock-converse'),
  'usage before the end': ({ language, lines }) => {
    if (language !== 'bedrock-converse') return undefined;
    const at = ({ metadata, messageStop }: JsonObject): number => {
      if (messageStop !== undefined) return 2;
      return metadata === undefined ? 0 : 1;
    };
    return [
      streamOf(
        language,
        lines.toSorted((a, b) => at(a) - at(b)),
      ),
    ];
  },
};
