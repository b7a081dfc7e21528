import type { JsonObject } from '../../../src/canon/json.ts';
import type { Made } from './made.ts';

const language = 'cohere';
const usage = {
  billed_units: { input_tokens: 10, output_tokens: 5 },
  tokens: { input_tokens: 1200, output_tokens: 30 },
  cached_tokens: 1000,
};
const content = (index: number, said: object): JsonObject => ({
  type: 'content-delta',
  index,
  delta: { message: { content: said } },
});
const source = {
  type: 'document',
  id: 'doc:0',
  document: { id: 'doc:0', title: 'Sky', url: 'https://sky.example/', snippet: 'blue' },
};

export const cohere: readonly Made[] = [
  {
    name: 'cohere/citations-streamed',
    language,
    events: [
      {
        id: 'c1',
        type: 'message-start',
        delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
      },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      content(0, { text: 'The sky' }),
      content(0, { text: ' is blue.' }),
      {
        type: 'citation-start',
        index: 0,
        delta: {
          message: { citations: { start: 11, end: 15, text: 'blue', sources: [source], type: 'TEXT_CONTENT' } },
        },
      },
      { type: 'citation-end', index: 0 },
      content(0, { text: ' So it is.' }),
      { type: 'content-end', index: 0 },
      { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage } },
    ],
  },
  {
    name: 'cohere/plan-and-calls',
    language,
    events: [
      {
        id: 'c2',
        type: 'message-start',
        delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
      },
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will ' } } },
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'look.' } } },
      {
        type: 'tool-call-start',
        index: 0,
        delta: {
          message: { tool_calls: { id: 'look_1', type: 'function', function: { name: 'look', arguments: '' } } },
        },
      },
      {
        type: 'tool-call-delta',
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: '{"what":' } } } },
      },
      { type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: '"sky"}' } } } } },
      { type: 'tool-call-end', index: 0 },
      {
        type: 'tool-call-start',
        index: 1,
        delta: {
          message: {
            tool_calls: { id: 'look_2', type: 'function', function: { name: 'look', arguments: '{"what":"sea"}' } },
          },
        },
      },
      { type: 'tool-call-end', index: 1 },
      { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage } },
    ],
  },
  {
    name: 'cohere/thinking',
    language,
    body: {
      id: 'c3',
      message: {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Two and two.' },
          { type: 'text', text: 'Four.' },
        ],
      },
      finish_reason: 'STOP_SEQUENCE',
      usage,
    },
  },
];
