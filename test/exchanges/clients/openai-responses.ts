import OpenAI from 'openai';
import { type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Client, furtherQuestion, type Heard, question, toolSchema } from './client.ts';

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;

const sdk = (url: string): OpenAI => new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0 });

/** What the conversation needs of an answer: all of its items. */
const heard = (answer: JsonObject): Heard => ({ answer, turn: objectsIn(answer['output']) });

export const openaiResponses: Client = {
  language: 'openai-responses',
  ask: (model, tools) => ({
    model,
    store: false,
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'medium', summary: 'auto' },
    ...(tools.length > 0 && {
      tools: tools.map(({ name, free }) =>
        free === true ? { type: 'custom', name } : { type: 'function', name, parameters: toolSchema, strict: false },
      ),
    }),
    input: [{ role: 'user', content: question }],
  }),
  whole: async (url, params) =>
    heard((await sdk(url).responses.create(params as unknown as Params)) as unknown as JsonObject),
  async streamed(url, params) {
    const stream = sdk(url).responses.stream(params as unknown as OpenAI.Responses.ResponseCreateParamsStreaming);
    const events: JsonObject[] = [];
    for await (const event of stream) events.push(structuredClone(event) as unknown as JsonObject);
    const answer = (await stream.finalResponse()) as unknown as JsonObject;
    return { ...heard(answer), events };
  },
  goOn: (params, { turn }, result) => {
    const results = turn.flatMap(({ type, call_id }) =>
      type === 'function_call' || type === 'custom_tool_call'
        ? [{ type: `${type}_output`, call_id, output: result }]
        : [],
    );
    const further = results.length > 0 ? results : [{ role: 'user', content: furtherQuestion }];
    return { ...params, input: [...objectsIn(params['input']), ...turn, ...further] };
  },
};
