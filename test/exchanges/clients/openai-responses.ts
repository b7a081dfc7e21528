import OpenAI from 'openai';
import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Client, furtherQuestion, type Heard, question, toolSchema } from './client.ts';

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;

const sdk = (url: string): OpenAI => new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0 });

/** What the conversation needs of an answer: all of its items. */
const heard = (answer: JsonObject): Heard => ({ answer, turn: objectsIn(answer['output']) });

/** What a program gives back for an item that it has to do something for; nothing for all others. */
function resultOf({ type, call_id, execution, environment }: JsonObject, result: string): JsonObject[] {
  switch (type) {
    case 'custom_tool_call':
      // xAI's servers have made these themselves.
      if (String(call_id).startsWith('xs_')) return [];
      return [{ type: `${type}_output`, call_id, output: result }];
    case 'function_call':
      return [{ type: `${type}_output`, call_id, output: result }];
    case 'apply_patch_call':
      return [{ type: 'apply_patch_call_output', call_id, status: 'completed', output: result }];
    case 'local_shell_call':
      return [{ type: 'local_shell_call_output', id: call_id, call_id, output: result }];
    case 'shell_call': {
      if (isObject(environment) && environment['type'] !== 'local') return [];
      const outcome = { type: 'exit', exit_code: 0 };
      return [{ type: 'shell_call_output', call_id, output: [{ stdout: result, stderr: '', outcome }] }];
    }
    case 'tool_search_call': {
      const tools = [{ type: 'function', name: 'found', description: result, parameters: toolSchema, strict: false }];
      return execution === 'client' ? [{ type: 'tool_search_output', call_id, execution, tools }] : [];
    }
    default:
      return [];
  }
}

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
    const results = turn.flatMap((item) => resultOf(item, result));
    const further = results.length > 0 ? results : [{ role: 'user', content: furtherQuestion }];
    return { ...params, input: [...objectsIn(params['input']), ...turn, ...further] };
  },
};
