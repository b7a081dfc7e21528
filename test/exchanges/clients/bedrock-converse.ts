import { Readable } from 'node:stream';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { languages } from '../languages/index.ts';
import { objectIn } from '../saying.ts';
import { type Client, furtherQuestion, question, toolSchema } from './client.ts';

interface SentRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** By itself the SDK would speak HTTP/2. */
const requestHandler = {
  metadata: { handlerProtocol: 'http/1.1' },
  async handle({ protocol, hostname, port, path, method, headers, body }: SentRequest) {
    const { host: _, 'content-length': __, ...rest } = headers;
    const answer = await fetch(`${protocol}//${hostname}:${port}${path}`, { method, headers: rest, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return {
      response: {
        statusCode: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Readable.from([bytes]),
      },
    };
  },
};

const sdk = (url: string): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: url,
    maxAttempts: 1,
    token: { token: 'key' },
    authSchemePreference: ['httpBearerAuth'],
    requestHandler: requestHandler as never,
  });

export const bedrockConverse: Client = {
  language: 'bedrock-converse',
  ask: (modelId, tools) => ({
    modelId,
    messages: [{ role: 'user', content: [{ text: question }] }],
    inferenceConfig: { maxTokens: 8000 },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    ...(tools.length > 0 && {
      toolConfig: { tools: tools.map(({ name }) => ({ toolSpec: { name, inputSchema: { json: toolSchema } } })) },
    }),
  }),
  async whole(url, params) {
    const { $metadata: _, ...answer } = await sdk(url).send(
      new ConverseCommand(params as unknown as ConverseCommandInput),
    );
    const message = objectIn(objectIn(answer.output)['message']);
    return { answer: answer as unknown as JsonObject, turn: [message] };
  },
  async streamed(url, params) {
    const { stream } = await sdk(url).send(new ConverseStreamCommand(params as unknown as ConverseCommandInput));
    const events: JsonObject[] = [];
    for await (const event of stream ?? []) events.push(event as unknown as JsonObject);
    const answer = languages['bedrock-converse'].gather(events);
    return { answer, events, turn: [objectIn(objectIn(answer['output'])['message'])] };
  },
  goOn: (params, { turn }, result) => {
    const results = turn
      .flatMap(({ content }) => objectsIn(content))
      .flatMap(({ toolUse }) =>
        isObject(toolUse)
          ? [{ toolResult: { toolUseId: toolUse['toolUseId'], content: [{ text: result }], status: 'success' } }]
          : [],
      );
    const content = results.length > 0 ? results : [{ text: furtherQuestion }];
    return { ...params, messages: [...objectsIn(params['messages']), ...turn, { role: 'user', content }] };
  },
};
