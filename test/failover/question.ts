import type { JsonObject } from '../../src/canon/json.ts';
import { type Asking, before, schema, type Wire } from './asking.ts';
import type { Language } from './stage.ts';

/** The same question, as clients of each language ask it. */
export const questions: { readonly [language in Language]: (asking: Asking) => Wire } = {
  anthropic,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  gemini,
  'bedrock-converse': bedrockConverse,
};

function anthropic({ model, text, tools, stream, isLater }: Asking): Wire {
  const { question, call, result, answer } = before;
  const history = [
    { role: 'user', content: question },
    { role: 'assistant', content: [{ type: 'tool_use', ...call }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: result }] },
    { role: 'assistant', content: answer },
  ];
  return {
    path: '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: {
      ...{ model, max_tokens: 4000, stream, thinking: { type: 'adaptive' } },
      messages: [...(isLater ? history : []), { role: 'user', content: text }],
      ...(tools.length > 0 && { tools: tools.map((name) => ({ name, input_schema: schema })) }),
    },
  };
}

function openaiChat({ model, text, tools, stream, isLater }: Asking): Wire {
  const { question, call, result, answer } = before;
  const { id, name, input } = call;
  const history = [
    { role: 'user', content: question },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }],
    },
    { role: 'tool', tool_call_id: id, content: result },
    { role: 'assistant', content: answer },
  ];
  return {
    path: '/v1/chat/completions',
    headers: {},
    body: {
      ...{ model, stream, reasoning_effort: 'low' },
      messages: [...(isLater ? history : []), { role: 'user', content: text }],
      ...(tools.length > 0 && {
        tools: tools.map((tool) => ({ type: 'function', function: { name: tool, parameters: schema } })),
      }),
    },
  };
}

function openaiResponses({ model, text, tools, stream, isLater }: Asking): Wire {
  const { question, call, result, answer } = before;
  const history: JsonObject[] = [
    { role: 'user', content: question },
    { type: 'function_call', call_id: call.id, name: call.name, arguments: JSON.stringify(call.input) },
    { type: 'function_call_output', call_id: call.id, output: result },
    { role: 'assistant', content: answer },
  ];
  return {
    path: '/v1/responses',
    headers: {},
    body: {
      ...{ model, stream, store: false, reasoning: { effort: 'low', summary: 'auto' } },
      input: isLater ? [...history, { role: 'user', content: text }] : text,
      ...(tools.length > 0 && {
        tools: tools.map((name) => ({ type: 'function', name, parameters: schema, strict: false })),
      }),
    },
  };
}

function gemini({ model, text, tools, stream, isLater }: Asking): Wire {
  const { question, call, result, answer } = before;
  const { id, name, input } = call;
  const history = [
    { role: 'user', parts: [{ text: question }] },
    { role: 'model', parts: [{ functionCall: { id, name, args: input } }] },
    { role: 'user', parts: [{ functionResponse: { id, name, response: { output: result } } }] },
    { role: 'model', parts: [{ text: answer }] },
  ];
  return {
    path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    headers: {},
    body: {
      contents: [...(isLater ? history : []), { role: 'user', parts: [{ text }] }],
      generationConfig: { thinkingConfig: { includeThoughts: true } },
      ...(tools.length > 0 && {
        tools: [{ functionDeclarations: tools.map((tool) => ({ name: tool, parametersJsonSchema: schema })) }],
      }),
    },
  };
}

function bedrockConverse({ model, text, tools, stream, isLater }: Asking): Wire {
  const { question, call, result, answer } = before;
  const { id, name, input } = call;
  const history = [
    { role: 'user', content: [{ text: question }] },
    { role: 'assistant', content: [{ toolUse: { toolUseId: id, name, input } }] },
    { role: 'user', content: [{ toolResult: { toolUseId: id, content: [{ text: result }] } }] },
    { role: 'assistant', content: [{ text: answer }] },
  ];
  return {
    path: `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
    headers: {},
    body: {
      messages: [...(isLater ? history : []), { role: 'user', content: [{ text }] }],
      ...(tools.length > 0 && {
        toolConfig: { tools: tools.map((tool) => ({ toolSpec: { name: tool, inputSchema: { json: schema } } })) },
      }),
    },
  };
}
