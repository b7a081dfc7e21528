import type { JsonObject } from '../../../src/canon/json.ts';
import type { Made } from './made.ts';

const language = 'openai-responses';
const base = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_780_000_000,
  model: 'gpt-5.5',
  error: null,
  incomplete_details: null,
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
};
const usage = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 100, cache_write_tokens: 10 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 25 },
  total_tokens: 160,
};

/** The events of a stream that tells these items, text and arguments in pieces. */
export function eventsOf(output: readonly JsonObject[], more: object = {}, last = 'response.completed'): JsonObject[] {
  const events: JsonObject[] = [
    { type: 'response.created', response: { ...base, status: 'in_progress', output: [] } },
    { type: 'response.in_progress', response: { ...base, status: 'in_progress', output: [] } },
  ];
  output.forEach((item, output_index) => {
    const at = { output_index, item_id: item['id'] };
    const begun = { ...item, status: 'in_progress' };
    if (item['type'] === 'message') {
      events.push({ type: 'response.output_item.added', output_index, item: { ...begun, content: [] } });
      (item['content'] as JsonObject[]).forEach((part, content_index) =>
        tellPart(events, { ...at, content_index }, part),
      );
    } else if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call') {
      const field = item['type'] === 'function_call' ? 'arguments' : 'input';
      const name = item['type'] === 'function_call' ? 'function_call_arguments' : 'custom_tool_call_input';
      const json = String(item[field]);
      events.push({ type: 'response.output_item.added', output_index, item: { ...begun, [field]: '' } });
      for (const delta of [json.slice(0, 3), json.slice(3)])
        events.push({ type: `response.${name}.delta`, ...at, delta });
      events.push({ type: `response.${name}.done`, ...at, [field]: json });
    } else if (item['type'] === 'reasoning') {
      events.push({
        type: 'response.output_item.added',
        output_index,
        item: { ...begun, summary: [], ...(item['content'] !== undefined && { content: [] }) },
      });
      for (const [summary_index, part] of ((item['summary'] ?? []) as JsonObject[]).entries()) {
        const place = { ...at, summary_index };
        events.push({
          type: 'response.reasoning_summary_part.added',
          ...place,
          part: { type: 'summary_text', text: '' },
        });
        events.push({ type: 'response.reasoning_summary_text.delta', ...place, delta: part['text'] });
        events.push({ type: 'response.reasoning_summary_text.done', ...place, text: part['text'] });
        events.push({ type: 'response.reasoning_summary_part.done', ...place, part });
      }
      for (const [content_index, part] of ((item['content'] ?? []) as JsonObject[]).entries()) {
        const place = { ...at, content_index };
        events.push({ type: 'response.content_part.added', ...place, part: { type: 'reasoning_text', text: '' } });
        events.push({ type: 'response.reasoning_text.delta', ...place, delta: part['text'] });
        events.push({ type: 'response.reasoning_text.done', ...place, text: part['text'] });
        events.push({ type: 'response.content_part.done', ...place, part });
      }
    } else events.push({ type: 'response.output_item.added', output_index, item: begun });
    events.push({ type: 'response.output_item.done', output_index, item });
  });
  events.push({ type: last, response: { ...base, status: last.slice(9), output, usage, ...more } });
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function tellPart(events: JsonObject[], at: JsonObject, part: JsonObject): void {
  const isText = part['type'] === 'output_text';
  const field = isText ? 'text' : 'refusal';
  const name = isText ? 'output_text' : 'refusal';
  const said = String(part[field]);
  events.push({
    type: 'response.content_part.added',
    ...at,
    part: { ...part, [field]: '', ...(isText && { annotations: [] }) },
  });
  for (const delta of [said.slice(0, 4), said.slice(4)]) events.push({ type: `response.${name}.delta`, ...at, delta });
  for (const [annotation_index, annotation] of ((part['annotations'] ?? []) as JsonObject[]).entries())
    events.push({ type: 'response.output_text.annotation.added', ...at, annotation_index, annotation });
  events.push({ type: `response.${name}.done`, ...at, [field]: said });
  events.push({ type: 'response.content_part.done', ...at, part });
}

const message = (...content: JsonObject[]): JsonObject => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content,
});
const output_text = (text: string, annotations: object[] = []): JsonObject => ({
  type: 'output_text',
  text,
  annotations,
  logprobs: [],
});
const reasoning = {
  type: 'reasoning',
  id: 'rs_1',
  summary: [
    { type: 'summary_text', text: '**Thinking**\nso' },
    { type: 'summary_text', text: 'and so' },
  ],
  encrypted_content: 'gAAAAABsecret',
};
const call = (id: string, args: object): JsonObject => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: `call_${id}`,
  name: 'look',
  arguments: JSON.stringify(args),
  status: 'completed',
});

const both = (name: string, output: readonly JsonObject[], more: object = {}, last?: string): Made[] => [
  { name: `openai-responses/${name}`, language, events: eventsOf(output, more, last) },
  {
    name: `openai-responses/${name}-whole`,
    language,
    body: { ...base, status: (last ?? 'response.completed').slice(9), output, usage, ...more },
  },
];

/** Two calls whose arguments come by turns. */
function interleaved(): JsonObject[] {
  const events = eventsOf([call('1', { what: 'sky' }), call('2', { what: 'sea' })]);
  const rank = ({ type, output_index }: JsonObject): number => {
    const steps = ['.added', '.delta', 'arguments.done', 'item.done'];
    const step = steps.findIndex((end) => String(type).endsWith(end));
    if (step === -1) return String(type) === 'response.completed' ? 99 : -1;
    return step * 2 + Number(output_index);
  };
  const sorted = events.toSorted((a, b) => rank(a) - rank(b));
  // The second halves of the arguments follow upon all of the first.
  const deltas = sorted.filter(({ type }) => String(type).endsWith('.delta'));
  const [a1, a2, b1, b2] = deltas;
  const at = sorted.indexOf(deltas[0] as JsonObject);
  const turned = sorted.toSpliced(at, deltas.length, ...[a1, b1, a2, b2].filter((one) => one !== undefined));
  return turned.map((event, sequence_number) => ({ ...event, sequence_number }));
}

export const openaiResponses: readonly Made[] = [
  { name: 'openai-responses/interleaved-calls', language, events: interleaved() },
  ...both('reasoned-calls', [reasoning, message(output_text('I look.')), call('1', { what: 'sky' }), call('2', {})]),
  ...both('open-reasoning', [
    { type: 'reasoning', id: 'rs_2', summary: [], content: [{ type: 'reasoning_text', text: 'all of it' }] },
    message(output_text('Yes.')),
  ]),
  ...both('two-thoughts', [
    { ...reasoning, id: 'rs_a', encrypted_content: 'gAAAAABfirst' },
    {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: { type: 'search', query: 'q', sources: [{ type: 'url', url: 'https://one.example/' }] },
    },
    { ...reasoning, id: 'rs_b', summary: [], encrypted_content: 'gAAAAABsecond' },
    message(
      output_text('As one says.', [
        { type: 'url_citation', start_index: 0, end_index: 12, url: 'https://one.example/', title: 'One' },
        { type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 12 },
      ]),
    ),
  ]),
  ...both('refusal', [message({ type: 'refusal', refusal: 'I will not.' })]),
  ...both(
    'cut',
    [{ ...message(output_text('It was a dark')), status: 'incomplete' }],
    { incomplete_details: { reason: 'max_output_tokens' } },
    'response.incomplete',
  ),
  ...both(
    'filtered',
    [{ ...message(output_text('It was')), status: 'incomplete' }],
    { incomplete_details: { reason: 'content_filter' } },
    'response.incomplete',
  ),
  ...both('picture', [
    {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'iVBORw0KGgo=',
      output_format: 'png',
      revised_prompt: 'a cat',
    },
    message(output_text('There.')),
  ]),
  ...both('two-messages', [
    { ...message(output_text('Let me see.')), id: 'msg_a', phase: 'commentary' },
    call('9', { what: 'sea' }),
    { ...message(output_text('One more.'), output_text(' And more.')), id: 'msg_b' },
    {
      type: 'custom_tool_call',
      id: 'ctc_1',
      call_id: 'call_free',
      name: 'patch',
      input: '*** Begin\n',
      status: 'completed',
    },
  ]),
];
