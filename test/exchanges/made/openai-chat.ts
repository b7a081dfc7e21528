import type { JsonObject } from '../../../src/canon/json.ts';
import type { Made } from './made.ts';

const language = 'openai-chat';
const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_780_000_000, model: 'some/model' };
const whole = { ...head, object: 'chat.completion' };
const delta = (said: object, more: object = {}): JsonObject => ({
  ...head,
  choices: [{ index: 0, delta: said, finish_reason: null, ...more }],
});
const usage = { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 };

export const openaiChat: readonly Made[] = [
  {
    name: 'openai-chat/router-reasoning',
    language,
    text: ': OPENROUTER PROCESSING\n\n',
    events: [
      delta({
        role: 'assistant',
        content: '',
        reasoning: 'I look',
        reasoning_details: [{ type: 'reasoning.text', text: 'I look', format: 'anthropic-claude-v1', index: 0 }],
      }),
      delta({
        role: 'assistant',
        content: '',
        reasoning: ' there.',
        reasoning_details: [{ type: 'reasoning.text', text: ' there.', format: 'anthropic-claude-v1', index: 0 }],
      }),
      delta({
        role: 'assistant',
        content: '',
        reasoning: null,
        reasoning_details: [
          { type: 'reasoning.text', signature: 'EtcSigned==', format: 'anthropic-claude-v1', index: 0 },
        ],
      }),
      delta({ role: 'assistant', content: 'Yes.' }),
      delta({
        role: 'assistant',
        content: '',
        annotations: [
          {
            type: 'url_citation',
            url_citation: {
              url: 'https://one.example/',
              title: 'One',
              content: 'text of it',
              start_index: 0,
              end_index: 4,
            },
          },
        ],
      }),
      delta({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '' } }],
      }),
      delta({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, function: { arguments: '{"what":' }, type: 'function' }],
      }),
      delta({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, function: { arguments: '"sky"}' }, type: 'function' }],
      }),
      delta({ role: 'assistant', content: '' }, { finish_reason: 'tool_calls', native_finish_reason: 'tool_use' }),
      {
        ...head,
        provider: 'Anthropic',
        choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
        usage: {
          ...usage,
          cost: 0.01,
          is_byok: false,
          prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 5 },
          cost_details: {},
          completion_tokens_details: { reasoning_tokens: 4 },
        },
      },
    ],
  },
  {
    name: 'openai-chat/router-encrypted',
    language,
    body: {
      ...whole,
      provider: 'OpenAI',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          native_finish_reason: 'completed',
          message: {
            role: 'assistant',
            content: 'Done.',
            refusal: null,
            reasoning: 'Summed up',
            reasoning_details: [
              { type: 'reasoning.summary', summary: 'Summed up', format: 'openai-responses-v1', index: 0 },
              {
                type: 'reasoning.encrypted',
                data: 'gAAAAABencrypted',
                id: 'rs_1',
                format: 'openai-responses-v1',
                index: 0,
              },
            ],
          },
        },
      ],
      usage,
    },
  },
  {
    name: 'openai-chat/kimi-usage-in-choice',
    language,
    events: [
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning_content: 'Hm.' }),
      delta({ content: 'Hi' }),
      delta({}, { finish_reason: 'stop', usage: { ...usage, cached_tokens: 8 } }),
    ],
  },
  {
    name: 'openai-chat/ollama-whole-calls',
    language,
    events: [
      delta({
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'call_a', index: 0, type: 'function', function: { name: 'look', arguments: '{"what":"sky"}' } },
        ],
      }),
      delta({
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'call_b', index: 1, type: 'function', function: { name: 'look', arguments: '{"what":"sea"}' } },
        ],
      }),
      delta({ role: 'assistant', content: '' }, { finish_reason: 'stop' }),
      { ...head, choices: [], usage },
    ],
  },
  {
    name: 'openai-chat/google-compat',
    language,
    events: [
      delta(
        {
          role: 'assistant',
          tool_calls: [
            {
              extra_content: { google: { thought_signature: 'Q2hlY2tlZA==' } },
              function: { arguments: '{"what":"sky"}', name: 'look' },
              id: 'function-call-1',
              type: 'function',
            },
            { function: { arguments: '{"what":"sea"}', name: 'look' }, id: 'function-call-2', type: 'function' },
          ],
        },
        { finish_reason: 'stop' },
      ),
    ].map((chunk) => ({ ...chunk, usage })),
  },
  {
    name: 'openai-chat/qwen-empty-ids',
    language,
    events: [
      delta({ content: null, role: 'assistant' }),
      delta({ content: null, reasoning_content: 'I call.' }),
      delta({
        content: null,
        tool_calls: [{ index: 0, id: 'call_q', type: 'function', function: { name: 'look', arguments: '' } }],
      }),
      delta({
        content: null,
        tool_calls: [{ index: 0, id: '', type: 'function', function: { name: null, arguments: '{"what"' } }],
      }),
      delta({
        content: null,
        tool_calls: [{ index: 0, id: '', type: 'function', function: { arguments: ': "sky"}' } }],
      }),
      delta({ content: '', reasoning_content: null }, { finish_reason: 'tool_calls' }),
      {
        ...head,
        choices: [],
        usage: {
          ...usage,
          completion_tokens_details: { reasoning_tokens: 6 },
          prompt_tokens_details: { cached_tokens: 0 },
        },
      },
    ],
  },
  {
    name: 'openai-chat/azure-filtered',
    language,
    events: [
      {
        id: '',
        object: '',
        created: 0,
        model: '',
        choices: [],
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
      },
      delta({ role: 'assistant', content: '', refusal: null }, { content_filter_results: {}, logprobs: null }),
      delta({ content: 'Well' }, { content_filter_results: { hate: { filtered: false, severity: 'safe' } } }),
      delta(
        {},
        { finish_reason: 'content_filter', content_filter_results: { hate: { filtered: true, severity: 'high' } } },
      ),
      { ...head, choices: [], usage },
    ],
  },
  {
    name: 'openai-chat/refusal',
    language,
    events: [
      delta({ role: 'assistant', content: null, refusal: '' }),
      delta({ refusal: "I'm sorry, " }),
      delta({ refusal: 'no.' }),
      delta({}, { finish_reason: 'stop' }),
      { ...head, choices: [], usage },
    ],
  },
  {
    name: 'openai-chat/refusal-whole',
    language,
    body: {
      ...whole,
      choices: [
        { index: 0, message: { role: 'assistant', content: null, refusal: "I'm sorry, no." }, finish_reason: 'stop' },
      ],
      usage,
    },
  },
  {
    name: 'openai-chat/custom-call',
    language,
    body: {
      ...whole,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call_c', type: 'custom', custom: { name: 'patch', input: '*** Begin\n+a\n*** End' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage,
    },
  },
  {
    name: 'openai-chat/search-annotations',
    language,
    body: {
      ...whole,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'It rained in Oslo. ([met.no](https://met.no/oslo))',
            annotations: [
              {
                type: 'url_citation',
                url_citation: { start_index: 19, end_index: 50, title: 'Oslo', url: 'https://met.no/oslo' },
              },
            ],
          },
          finish_reason: 'stop',
        },
      ],
      usage: { ...usage, prompt_tokens_details: { cached_tokens: 20, audio_tokens: 0 } },
    },
  },
  {
    name: 'openai-chat/xai',
    language,
    body: {
      ...whole,
      citations: ['https://x.com/a', 'https://one.example/'],
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Here.', reasoning_content: 'First, think.', refusal: null },
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        prompt_tokens_details: { text_tokens: 32, audio_tokens: 0, image_tokens: 0, cached_tokens: 6 },
        completion_tokens_details: { reasoning_tokens: 94, audio_tokens: 0 },
        num_sources_used: 2,
      },
    },
  },
  {
    name: 'openai-chat/mistral-references',
    language,
    events: [
      delta({ role: 'assistant', content: '' }),
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Let me see' }], closed: true }] }),
      delta({ content: [{ type: 'text', text: 'Paris ' }] }),
      delta({ content: [{ type: 'reference', reference_ids: [0] }] }),
      delta({ content: 'is it.' }),
      delta({ content: '' }, { finish_reason: 'stop' }),
    ].map((chunk, i, all) => (i === all.length - 1 ? { ...chunk, usage } : chunk)),
  },
  {
    name: 'openai-chat/mistral-object-arguments',
    language,
    body: {
      ...whole,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: '',
            tool_calls: [{ id: 'D681PevKs', function: { name: 'look', arguments: { what: 'sky' } }, index: 0 }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage,
    },
  },
  {
    name: 'openai-chat/vllm',
    language,
    events: [
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning: 'think', reasoning_content: 'think' }),
      delta({ content: '\n\nSo' }),
      delta({ content: ' be it' }, { finish_reason: 'length', stop_reason: null, token_ids: null }),
      { ...head, choices: [], usage: { ...usage, prompt_tokens_details: null } },
    ],
  },
  {
    name: 'openai-chat/interleaved-calls',
    language,
    events: [
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning_content: 'Both.' }),
      delta({ content: 'I look ' }),
      delta({ tool_calls: [{ index: 0, id: 'call_x', type: 'function', function: { name: 'look', arguments: '' } }] }),
      delta({ tool_calls: [{ index: 1, id: 'call_y', type: 'function', function: { name: 'look', arguments: '' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"what":' } }] }),
      delta({ tool_calls: [{ index: 1, function: { arguments: '{"what":' } }] }),
      delta({ content: 'at both.' }),
      delta({
        tool_calls: [
          { index: 1, function: { arguments: '"sea"}' } },
          { index: 0, function: { arguments: '"sky"}' } },
        ],
      }),
      delta({}, { finish_reason: 'tool_calls' }),
      { ...head, choices: [], usage },
    ],
  },
  {
    name: 'openai-chat/old-function-call',
    language,
    events: [
      delta({ role: 'assistant', content: null, function_call: { name: 'look', arguments: '' } }),
      delta({ function_call: { arguments: '{"what":' } }),
      delta({ function_call: { arguments: '"sky"}' } }),
      delta({}, { finish_reason: 'function_call' }),
      { ...head, choices: [], usage },
    ],
  },
  {
    name: 'openai-chat/groq-x-usage',
    language,
    events: [
      { ...delta({ role: 'assistant', content: '' }), x_groq: { id: 'req_1' } },
      delta({ content: 'fast', channel: 'final' }),
      { ...delta({}, { finish_reason: 'stop' }), x_groq: { id: 'req_1', usage } },
    ],
  },
];
