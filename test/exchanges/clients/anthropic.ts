import Anthropic from '@anthropic-ai/sdk';
import { type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Client, furtherQuestion, type Heard, question, toolSchema } from './client.ts';

type Params = Anthropic.Beta.Messages.MessageCreateParamsNonStreaming;

const sdk = (url: string): Anthropic => new Anthropic({ apiKey: 'key', baseURL: url, maxRetries: 0 });

function heard(message: unknown, events?: readonly JsonObject[]): Heard {
  const answer = structuredCopy(message);
  return {
    answer,
    ...(events !== undefined && { events }),
    turn: [{ role: 'assistant', content: answer['content'] }],
  };
}

/** As it would be sent: fields that are functions or hidden are not there. */
function structuredCopy(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

export const anthropic: Client = {
  language: 'anthropic',
  ask: (model, tools) => ({
    model,
    max_tokens: 8000,
    thinking: { type: 'adaptive' },
    ...(tools.length > 0 && { tools: tools.map(({ name }) => ({ name, input_schema: toolSchema })) }),
    messages: [{ role: 'user', content: question }],
  }),
  whole: async (url, params) => heard(await sdk(url).beta.messages.create(params as unknown as Params)),
  async streamed(url, params) {
    const events: JsonObject[] = [];
    const stream = sdk(url).beta.messages.stream(params as unknown as Params);
    stream.on('streamEvent', (event) => events.push(structuredCopy(event)));
    return heard(await stream.finalMessage(), events);
  },
  goOn: (params, { answer, turn }, result) => {
    const results = objectsIn(answer['content'])
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: result }));
    const content = results.length > 0 ? results : furtherQuestion;
    return { ...params, messages: [...objectsIn(params['messages']), ...turn, { role: 'user', content }] };
  },
};
