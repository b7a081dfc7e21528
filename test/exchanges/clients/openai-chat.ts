import OpenAI from 'openai';
import { type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { languages } from '../languages/index.ts';
import { objectIn } from '../saying.ts';
import { type Client, furtherQuestion, type Heard, question, toolSchema } from './client.ts';

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type StreamParams = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

const sdk = (url: string): OpenAI => new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0 });

/** Fields of deltas that OpenAI's own servers do not have: its SDK keeps the last piece of them, its users string them together. */
const strung = ['reasoning_content', 'reasoning', 'reasoning_details', 'annotations', 'images', 'thinking_blocks'];

export const openaiChat: Client = {
  language: 'openai-chat',
  ask: (model, tools) => ({
    model,
    reasoning_effort: 'medium',
    ...(tools.length > 0 && {
      tools: tools.map(({ name, free }) =>
        free === true
          ? { type: 'custom', custom: { name } }
          : { type: 'function', function: { name, parameters: toolSchema } },
      ),
    }),
    messages: [{ role: 'user', content: question }],
  }),
  async whole(url, params) {
    const answer = (await sdk(url).chat.completions.create(params as unknown as Params)) as unknown as JsonObject;
    return { answer, turn: [objectIn(objectsIn(answer['choices'])[0]?.['message'])] };
  },
  async streamed(url, params) {
    const asked = { ...params, stream: true, stream_options: { include_usage: true } };
    const stream = sdk(url).chat.completions.stream(asked as unknown as StreamParams);
    const events: JsonObject[] = [];
    stream.on('chunk', (chunk) => events.push(structuredClone(chunk) as unknown as JsonObject));
    const answer = structuredClone(await stream.finalChatCompletion()) as unknown as JsonObject;
    const [choice = {}] = objectsIn(answer['choices']);
    const message = objectIn(choice['message']);
    const plain = objectIn(objectsIn(languages['openai-chat'].gather(events)['choices'])[0]?.['message']);
    for (const field of strung) if (plain[field] !== undefined) message[field] = plain[field];
    return { answer, events, turn: [message] } satisfies Heard;
  },
  goOn: (params, { turn }, result) => {
    const results = objectsIn(turn[0]?.['tool_calls']).map(({ id }) => ({
      role: 'tool',
      tool_call_id: id,
      content: result,
    }));
    const further = results.length > 0 ? results : [{ role: 'user', content: furtherQuestion }];
    return { ...params, messages: [...objectsIn(params['messages']), ...turn, ...further] };
  },
};
