import type { JsonObject } from '../../../src/canon/json.ts';
import type { Made } from './made.ts';

const language = 'anthropic';
const usage = { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 300, output_tokens: 50 };
const message = (content: readonly JsonObject[], more: object = {}): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5-5',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
  ...more,
});

const deltaFields: { readonly [field: string]: string } = { text: 'text_delta', thinking: 'thinking_delta' };

/** The events of a stream that tells this message. */
export function eventsOf(whole: JsonObject): JsonObject[] {
  const { content, stop_reason, stop_sequence, usage: all, ...rest } = whole;
  const { output_tokens, ...input } = all as JsonObject;
  const events: JsonObject[] = [
    {
      type: 'message_start',
      message: { ...rest, content: [], stop_reason: null, stop_sequence: null, usage: { ...input, output_tokens: 1 } },
    },
    { type: 'ping' },
  ];
  for (const [index, block] of (content as JsonObject[]).entries()) {
    const { input: json, citations, signature, ...told } = block;
    const head: JsonObject = { ...told };
    const deltas: JsonObject[] = [];
    for (const field of ['text', 'thinking']) {
      if (typeof told[field] !== 'string' || told['type'] === 'compaction') continue;
      head[field] = '';
      const said = told[field];
      for (const piece of [said.slice(0, 2), said.slice(2)]) deltas.push({ type: deltaFields[field], [field]: piece });
    }
    for (const citation of (citations ?? []) as JsonObject[]) deltas.unshift({ type: 'citations_delta', citation });
    if (signature !== undefined) {
      head['signature'] = '';
      deltas.push({ type: 'signature_delta', signature });
    }
    if (json !== undefined) {
      head['input'] = {};
      const text = JSON.stringify(json);
      deltas.push({ type: 'input_json_delta', partial_json: '' });
      if (text !== '{}') deltas.push({ type: 'input_json_delta', partial_json: text });
    }
    events.push({ type: 'content_block_start', index, content_block: head });
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  }
  events.push({ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: all });
  events.push({ type: 'message_stop' });
  return events;
}

const both = (name: string, whole: JsonObject): Made[] => [
  { name: `anthropic/${name}`, language, events: eventsOf(whole) },
  { name: `anthropic/${name}-whole`, language, body: whole },
];

const call = (id: string, input: object): JsonObject => ({ type: 'tool_use', id: `toolu_${id}`, name: 'look', input });

export const anthropic: readonly Made[] = [
  ...both(
    'interleaved',
    message(
      [
        { type: 'thinking', thinking: 'First the sky.', signature: 'EqFirst==' },
        { type: 'redacted_thinking', data: 'EmRedacted==' },
        { type: 'text', text: 'I look.' },
        call('1', { what: 'sky' }),
        call('2', {}),
      ],
      { stop_reason: 'tool_use' },
    ),
  ),
  ...both(
    'documents-cited',
    message([
      { type: 'text', text: 'According to it, ' },
      {
        type: 'text',
        text: 'the grass is green',
        citations: [
          {
            type: 'char_location',
            cited_text: 'The grass is green.',
            document_index: 0,
            document_title: 'Grass',
            start_char_index: 0,
            end_char_index: 20,
            file_id: null,
          },
        ],
      },
      { type: 'text', text: '\n\n' },
      {
        type: 'text',
        text: 'and the sky is blue',
        citations: [
          {
            type: 'web_search_result_location',
            cited_text: 'blue',
            url: 'https://sky.example/',
            title: 'Sky',
            encrypted_index: 'Eo8',
          },
        ],
      },
      { type: 'text', text: '.' },
    ]),
  ),
  ...both('stopped', message([{ type: 'text', text: 'a, b' }], { stop_reason: 'stop_sequence', stop_sequence: ';' })),
  ...both('full', message([{ type: 'text', text: 'so long' }], { stop_reason: 'model_context_window_exceeded' })),
  ...both(
    'hidden-thought',
    message([
      { type: 'thinking', thinking: '', signature: 'EqHidden==' },
      { type: 'text', text: 'Yes' },
    ]),
  ),
];
