import { listAt, objectAt, textAt } from '../../conformance/client.ts';
import type { Json } from '../../conformance/fixture.ts';
import type { Rig } from './rig.ts';

/** A call that a model made. */
export interface Called {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** A client as a script would be, without any SDK: asks with one tool, and gives everything back with a result. */
export interface RawClient {
  readonly name: string;
  path(model: string): string;
  /** A question, with a tool `look` to use and reasoning asked for. */
  ask(model: string, question: string): Json;
  text(answer: Json): string;
  calls(answer: Json): Called[];
  /** The same conversation, the whole answer in it as it came, each call answered. */
  goOn(asked: Json, answer: Json, result: string): Json;
}

const schema = { type: 'object', properties: { what: { type: 'string' } }, required: ['what'] };
const description = 'Looks at something.';

const chatMessage = (answer: Json): Json => objectAt(answer, 'choices', 0, 'message');
const geminiContent = (answer: Json): Json => objectAt(answer, 'candidates', 0, 'content');
const converseMessage = (answer: Json): Json => objectAt(answer, 'output', 'message');
const ofType = (list: readonly Json[], type: string): Json[] => list.filter((one) => one['type'] === type);
const membersOf = (list: readonly Json[], name: string): Json[] =>
  list.flatMap((one) => (one[name] === undefined ? [] : [objectAt(one, name)]));

export const rawClients: readonly RawClient[] = [
  {
    name: 'anthropic',
    path: () => '/v1/messages',
    ask: (model, question) => ({
      model,
      max_tokens: 4000,
      thinking: { type: 'adaptive' },
      tools: [{ name: 'look', description, input_schema: schema }],
      messages: [{ role: 'user', content: question }],
    }),
    text: (answer) =>
      listAt(answer, 'content')
        .map((block) => textAt(block, 'text'))
        .join(''),
    calls: (answer) =>
      ofType(listAt(answer, 'content'), 'tool_use').map((block) => ({
        id: textAt(block, 'id'),
        name: textAt(block, 'name'),
        input: block['input'],
      })),
    goOn: (asked, answer, result) => ({
      ...asked,
      messages: [
        ...listAt(asked, 'messages'),
        { role: 'assistant', content: answer['content'] },
        {
          role: 'user',
          content: ofType(listAt(answer, 'content'), 'tool_use').map(({ id }) => ({
            type: 'tool_result',
            tool_use_id: id,
            content: result,
          })),
        },
      ],
    }),
  },
  {
    name: 'openai-chat',
    path: () => '/v1/chat/completions',
    ask: (model, question) => ({
      model,
      reasoning_effort: 'medium',
      tools: [{ type: 'function', function: { name: 'look', description, parameters: schema } }],
      messages: [{ role: 'user', content: question }],
    }),
    text: (answer) => textAt(chatMessage(answer), 'content'),
    calls: (answer) =>
      listAt(chatMessage(answer), 'tool_calls').map((call) => ({
        id: textAt(call, 'id'),
        name: textAt(objectAt(call, 'function'), 'name'),
        input: JSON.parse(textAt(objectAt(call, 'function'), 'arguments')) as unknown,
      })),
    goOn: (asked, answer, result) => ({
      ...asked,
      messages: [
        ...listAt(asked, 'messages'),
        chatMessage(answer),
        ...listAt(chatMessage(answer), 'tool_calls').map(({ id }) => ({
          role: 'tool',
          tool_call_id: id,
          content: result,
        })),
      ],
    }),
  },
  {
    name: 'openai-responses',
    path: () => '/v1/responses',
    ask: (model, question) => ({
      model,
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'medium', summary: 'auto' },
      tools: [{ type: 'function', name: 'look', description, parameters: schema, strict: false }],
      input: [{ role: 'user', content: question }],
    }),
    text: (answer) =>
      ofType(listAt(answer, 'output'), 'message')
        .flatMap((item) => listAt(item, 'content'))
        .map((part) => textAt(part, 'text'))
        .join(''),
    calls: (answer) =>
      ofType(listAt(answer, 'output'), 'function_call').map((item) => ({
        id: textAt(item, 'call_id'),
        name: textAt(item, 'name'),
        input: JSON.parse(textAt(item, 'arguments')) as unknown,
      })),
    goOn: (asked, answer, result) => ({
      ...asked,
      input: [
        ...listAt(asked, 'input'),
        ...listAt(answer, 'output'),
        ...ofType(listAt(answer, 'output'), 'function_call').map(({ call_id: id }) => ({
          type: 'function_call_output',
          call_id: id,
          output: result,
        })),
      ],
    }),
  },
  {
    name: 'gemini',
    path: (model) => `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
    ask: (_model, question) => ({
      contents: [{ role: 'user', parts: [{ text: question }] }],
      tools: [{ functionDeclarations: [{ name: 'look', description, parametersJsonSchema: schema }] }],
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    }),
    text: (answer) =>
      listAt(geminiContent(answer), 'parts')
        .map((part) => (part['thought'] === true ? '' : textAt(part, 'text')))
        .join(''),
    calls: (answer) =>
      membersOf(listAt(geminiContent(answer), 'parts'), 'functionCall').map((call) => ({
        id: textAt(call, 'id'),
        name: textAt(call, 'name'),
        input: call['args'],
      })),
    goOn: (asked, answer, result) => ({
      ...asked,
      contents: [
        ...listAt(asked, 'contents'),
        geminiContent(answer),
        {
          role: 'user',
          parts: membersOf(listAt(geminiContent(answer), 'parts'), 'functionCall').map(({ id, name }) => ({
            functionResponse: { id, name, response: { output: result } },
          })),
        },
      ],
    }),
  },
  {
    name: 'bedrock-converse',
    path: (model) => `/model/${encodeURIComponent(model)}/converse`,
    ask: (_model, question) => ({
      messages: [{ role: 'user', content: [{ text: question }] }],
      inferenceConfig: { maxTokens: 4000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
      toolConfig: { tools: [{ toolSpec: { name: 'look', description, inputSchema: { json: schema } } }] },
    }),
    text: (answer) =>
      listAt(converseMessage(answer), 'content')
        .map((block) => textAt(block, 'text'))
        .join(''),
    calls: (answer) =>
      membersOf(listAt(converseMessage(answer), 'content'), 'toolUse').map((call) => ({
        id: textAt(call, 'toolUseId'),
        name: textAt(call, 'name'),
        input: call['input'],
      })),
    goOn: (asked, answer, result) => ({
      ...asked,
      messages: [
        ...listAt(asked, 'messages'),
        converseMessage(answer),
        {
          role: 'user',
          content: membersOf(listAt(converseMessage(answer), 'content'), 'toolUse').map(({ toolUseId }) => ({
            toolResult: { toolUseId, content: [{ text: result }], status: 'success' },
          })),
        },
      ],
    }),
  },
];

/** Sends a body and gives the whole answer; fails with what was said when it is refused. */
export async function say(rig: Rig, client: RawClient, model: string, body: object): Promise<Json> {
  const answer = await rig.post(client.path(model), body);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${client.name}: ${answer.status} ${text}`);
  return JSON.parse(text) as Json;
}
