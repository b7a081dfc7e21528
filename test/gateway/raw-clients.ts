import type { Rig } from './rig.ts';

/** A JSON object whose form the client knows by itself. */
// biome-ignore lint/suspicious/noExplicitAny: raw clients look into answers as scripts do.
type Wire = any;

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
  ask(model: string, question: string): object;
  text(answer: Wire): string;
  calls(answer: Wire): Called[];
  /** The same conversation, the whole answer in it as it came, each call answered. */
  goOn(asked: Wire, answer: Wire, result: string): object;
}

const schema = { type: 'object', properties: { what: { type: 'string' } }, required: ['what'] };
const description = 'Looks at something.';

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
    text: ({ content }) => content.map((block: Wire) => block.text ?? '').join(''),
    calls: ({ content }) => content.filter(({ type }: Wire) => type === 'tool_use'),
    goOn: (asked, answer, result) => ({
      ...asked,
      messages: [
        ...asked.messages,
        { role: 'assistant', content: answer.content },
        {
          role: 'user',
          content: answer.content
            .filter(({ type }: Wire) => type === 'tool_use')
            .map(({ id }: Wire) => ({ type: 'tool_result', tool_use_id: id, content: result })),
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
    text: ({ choices }) => choices[0].message.content ?? '',
    calls: ({ choices }) =>
      (choices[0].message.tool_calls ?? []).map(({ id, function: fn }: Wire) => ({
        id,
        name: fn.name,
        input: JSON.parse(fn.arguments),
      })),
    goOn: (asked, { choices: [{ message }] }, result) => ({
      ...asked,
      messages: [
        ...asked.messages,
        message,
        ...message.tool_calls.map(({ id }: Wire) => ({ role: 'tool', tool_call_id: id, content: result })),
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
    text: ({ output }) =>
      output
        .flatMap((item: Wire) => (item.type === 'message' ? item.content : []))
        .map((part: Wire) => part.text)
        .join(''),
    calls: ({ output }) =>
      output
        .filter(({ type }: Wire) => type === 'function_call')
        .map(({ call_id: id, name, arguments: json }: Wire) => ({ id, name, input: JSON.parse(json) })),
    goOn: (asked, { output }, result) => ({
      ...asked,
      input: [
        ...asked.input,
        ...output,
        ...output
          .filter(({ type }: Wire) => type === 'function_call')
          .map(({ call_id }: Wire) => ({ type: 'function_call_output', call_id, output: result })),
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
    text: ({ candidates: [{ content }] }) =>
      content.parts.map((part: Wire) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
    calls: ({ candidates: [{ content }] }) =>
      content.parts.flatMap(({ functionCall }: Wire) =>
        functionCall === undefined ? [] : [{ id: functionCall.id, name: functionCall.name, input: functionCall.args }],
      ),
    goOn: (asked, { candidates: [{ content }] }, result) => ({
      ...asked,
      contents: [
        ...asked.contents,
        content,
        {
          role: 'user',
          parts: content.parts.flatMap(({ functionCall }: Wire) =>
            functionCall === undefined
              ? []
              : [{ functionResponse: { id: functionCall.id, name: functionCall.name, response: { output: result } } }],
          ),
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
    text: ({ output: { message } }) => message.content.map((block: Wire) => block.text ?? '').join(''),
    calls: ({ output: { message } }) =>
      message.content.flatMap(({ toolUse }: Wire) =>
        toolUse === undefined ? [] : [{ id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input }],
      ),
    goOn: (asked, { output: { message } }, result) => ({
      ...asked,
      messages: [
        ...asked.messages,
        message,
        {
          role: 'user',
          content: message.content.flatMap(({ toolUse }: Wire) =>
            toolUse === undefined
              ? []
              : [{ toolResult: { toolUseId: toolUse.toolUseId, content: [{ text: result }], status: 'success' } }],
          ),
        },
      ],
    }),
  },
];

/** Sends a body and gives the whole answer; fails with what was said when it is refused. */
export async function say(rig: Rig, client: RawClient, model: string, body: object): Promise<Wire> {
  const answer = await rig.post(client.path(model), body);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${client.name}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
