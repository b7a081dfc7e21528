import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../canon/json.ts';
import { recurring } from '../canon/recurring.ts';
import { applyRemedy, type Outgoing, remedyFor } from './heal.ts';

function heal(
  body: JsonObject,
  message: string,
  options: { param?: string; betas?: string[] } = {},
): Outgoing | undefined {
  const outgoing: Outgoing = { body: structuredClone(body), betas: options.betas ?? [] };
  const remedy = remedyFor(outgoing, { message, ...(options.param !== undefined && { param: options.param }) });
  if (remedy === undefined) return undefined;
  assert.equal(applyRemedy(outgoing, remedy), true);
  assert.equal(applyRemedy(outgoing, remedy), false, 'a remedy changes nothing the second time');
  return outgoing;
}

test('a refused field goes together with its beta', () => {
  const healed = heal(
    { model: 'm', context_management: { edits: [] } },
    'context_management: Extra inputs are not permitted',
    {
      betas: ['context-management-2025-06-27', 'effort-2025-11-24'],
    },
  );
  assert.deepEqual(healed, { body: { model: 'm' }, betas: ['effort-2025-11-24'] });
});

test('a refused beta goes together with its field', () => {
  const healed = heal(
    { model: 'm', output_config: { effort: 'high' }, max_tokens: 5 },
    'Unexpected value(s) `effort-2025-11-24` for the `anthropic-beta` header. Please consult our documentation.',
    { betas: ['effort-2025-11-24', 'interleaved-thinking-2025-05-14'] },
  );
  assert.deepEqual(healed, { body: { model: 'm', max_tokens: 5 }, betas: ['interleaved-thinking-2025-05-14'] });
});

test('a field inside array elements is dropped from all of them', () => {
  const body = {
    messages: [
      { role: 'user' },
      { role: 'system', output_config: { effort: 'low' } },
      { role: 'system', output_config: {} },
    ],
  };
  const healed = heal(body, 'messages.1.output_config: Extra inputs are not permitted', {
    betas: ['per-turn-control-2026-07-01'],
  });
  assert.deepEqual(healed?.body, { messages: [{ role: 'user' }, { role: 'system' }, { role: 'system' }] });
  assert.deepEqual(healed?.betas, []);
  const tools = heal(
    {
      tools: [
        { name: 'a', strict: true },
        { name: 'b', strict: false },
      ],
    },
    'tools.0.custom.strict: Extra inputs are not permitted',
  );
  assert.deepEqual(tools?.body, { tools: [{ name: 'a' }, { name: 'b' }] });
});

for (const [message, param, field] of [
  ['Unrecognized request argument supplied: top_k', undefined, 'top_k'],
  ["Unknown parameter: 'metadata'.", 'metadata', 'metadata'],
  [
    "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    'temperature',
    'temperature',
  ],
  [
    "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.",
    'parallel_tool_calls',
    'parallel_tool_calls',
  ],
  [
    "[{'type': 'extra_forbidden', 'loc': ('body', 'service_tier'), 'msg': 'Extra inputs are not permitted', 'input': 1}]",
    undefined,
    'service_tier',
  ],
  [
    '{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}',
    undefined,
    'seed',
  ],
  ['This model does not support the effort parameter.', undefined, 'reasoning_effort'],
  ["'logprobs' is not supported with this model", undefined, 'logprobs'],
  ["property 'reasoning_content' is unsupported", undefined, 'reasoning_content'],
] as const) {
  test(`drops what is named: ${message}`, () => {
    assert.deepEqual(heal({ model: 'm', [field]: 1 }, message, param === undefined ? {} : { param })?.body, {
      model: 'm',
    });
  });
}

for (const [field, message, to] of [
  [
    'max_tokens',
    'max_tokens is too large: 128000. This model supports at most 16384 completion tokens, whereas you provided 128000.',
    16384,
  ],
  [
    'max_tokens',
    'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-x',
    64000,
  ],
  [
    'max_completion_tokens',
    '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens`',
    8192,
  ],
  ['max_tokens', 'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', 8192],
  ['max_tokens', 'Range of max_tokens should be: range of [1, 8192]', 8192],
] as const) {
  test(`lowers the answer's limit: ${message}`, () => {
    assert.equal(heal({ [field]: 128000 }, message)?.body[field], to);
  });
}

test('a field that the provider has under another name is renamed', () => {
  const message =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
  assert.deepEqual(heal({ max_tokens: 7 }, message, { param: 'max_tokens' })?.body, { max_completion_tokens: 7 });
});

test('a model that cannot adapt its thinking is given a budget', () => {
  const message = 'adaptive thinking is not supported on this model';
  const thinking = { type: 'adaptive', display: 'omitted' };
  assert.deepEqual(heal({ max_tokens: 32000, thinking }, message)?.body, {
    max_tokens: 32000,
    thinking: { type: 'enabled', display: 'omitted', budget_tokens: 31999 },
  });
  assert.deepEqual(heal({ max_tokens: 500, thinking }, message)?.body, { max_tokens: 500 });
  assert.equal(heal({ max_tokens: 500, thinking: { type: 'enabled' } }, message), undefined);
});

test('what a request cannot do without, or does not have, is never dropped', () => {
  assert.equal(heal({ messages: [], model: 'm' }, 'messages: Extra inputs are not permitted'), undefined);
  assert.equal(heal({ tools: [] }, "'tools' is not supported"), undefined);
  assert.equal(heal({ model: 'm' }, 'foo: Extra inputs are not permitted'), undefined);
  assert.equal(heal({ temperature: 2 }, 'temperature: must be between 0 and 1', { param: 'temperature' }), undefined);
  assert.equal(heal({ messages: [{ role: 'x' }] }, 'messages.0: Extra inputs are not permitted'), undefined);
});

test('a refusal of any length is read in no time: only its beginning counts', () => {
  const named = 'foo: Extra inputs are not permitted';
  assert.deepEqual(heal({ foo: 1 }, `${named} ${'a'.repeat(1_000_000)}`)?.body, {});
  assert.equal(heal({ foo: 1 }, `${'a'.repeat(1_000_000)} ${named}`), undefined);
});

test('Google’s and Amazon’s words for a field that they do not know', () => {
  const google = heal(
    { contents: [], generationConfig: { thinkingConfig: { includeThoughts: true }, topP: 1 } },
    'Invalid JSON payload received. Unknown name "thinkingConfig" at \'generation_config\': Cannot find field.',
  );
  assert.deepEqual(google?.body, { contents: [], generationConfig: { topP: 1 } });
  const snake = heal(
    { contents: [], tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: {} }] }] },
    'Invalid JSON payload received. Unknown name "parameters_json_schema" at \'tools[0].function_declarations[0]\': Cannot find field.',
  );
  assert.deepEqual(snake?.body, { contents: [], tools: [{ functionDeclarations: [{ name: 'f' }] }] });
  const amazon = heal(
    { messages: [], output_config: { effort: 'low' } },
    'Malformed input request: #: extraneous key [output_config] is not permitted, please reformat your input and try again.',
  );
  assert.deepEqual(amazon?.body, { messages: [] });
  const converse = heal(
    { messages: [], additionalModelRequestFields: { context_management: {}, top_k: 5 } },
    'The model returned the following errors: context_management: Extra inputs are not permitted',
  );
  assert.deepEqual(converse?.body, { messages: [], additionalModelRequestFields: { top_k: 5 } });
});

test('a limit of the answer that is too high, wherever it stands', () => {
  for (const [body, message, field, to] of [
    [
      { generationConfig: { maxOutputTokens: 100_000 } },
      'Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive).',
      'generationConfig',
      { maxOutputTokens: 65_536 },
    ],
    [
      { inferenceConfig: { maxTokens: 100_000 } },
      'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
      'inferenceConfig',
      { maxTokens: 4096 },
    ],
    [{ max_tokens: 9000 }, 'max tokens must be less than or equal to 4096', 'max_tokens', 4096],
  ] as const) {
    assert.deepEqual(heal(body, message)?.body[field], to);
  }
});

test('what requests share is changed for one of them alone', () => {
  const tools = recurring([{ name: 'a', strict: true, input_schema: { title: 'A', type: 'object' } }]);
  const outgoing: Outgoing = { body: { tools }, betas: [] };
  assert.equal(applyRemedy(outgoing, { type: 'drop', path: ['tools', '*', 'strict'] }), true);
  assert.equal(applyRemedy(outgoing, { type: 'drop', path: ['tools', '*', 'input_schema', 'title'] }), true);
  assert.deepEqual(outgoing.body, { tools: [{ name: 'a', input_schema: { type: 'object' } }] });
  assert.deepEqual(tools, [{ name: 'a', strict: true, input_schema: { title: 'A', type: 'object' } }]);
});
