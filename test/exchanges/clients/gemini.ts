import { GoogleGenAI } from '@google/genai';
import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { languages } from '../languages/index.ts';
import { objectIn } from '../saying.ts';
import { type Client, furtherQuestion, question, toolSchema } from './client.ts';

/** Only Google's cloud lets clients give back calls in pieces. */
function sdk(url: string, contents: unknown): GoogleGenAI {
  const vertexai = JSON.stringify(contents).includes('willContinue');
  return new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url }, ...(vertexai && { vertexai }) });
}

const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

/** What the SDK's own chat remembers of the conversation after this answer. */
async function inChat(
  url: string,
  params: JsonObject,
  stream: boolean,
): Promise<{ said: JsonObject[]; turn: JsonObject[] }> {
  const { model, contents, config } = params;
  const history = objectsIn(contents);
  const message = objectsIn(history.at(-1)?.['parts']);
  const chat = sdk(url, contents).chats.create({
    model: String(model),
    config: { ...objectIn(config), automaticContinuation: false },
    history: history.slice(0, -1),
  });
  const said: JsonObject[] = [];
  if (stream) {
    for await (const chunk of await chat.sendMessageStream({ message })) said.push(plain(chunk));
  } else said.push(plain(await chat.sendMessage({ message })));
  return { said, turn: chat.getHistory(true).slice(history.length).map(plain) };
}

export const gemini: Client = {
  language: 'gemini',
  ask: (model, tools) => ({
    model,
    contents: [{ role: 'user', parts: [{ text: question }] }],
    config: {
      thinkingConfig: { includeThoughts: true },
      ...(tools.length > 0 && {
        tools: [{ functionDeclarations: tools.map(({ name }) => ({ name, parametersJsonSchema: toolSchema })) }],
      }),
    },
  }),
  async whole(url, params) {
    const { said, turn } = await inChat(url, params, false);
    return { answer: said[0] ?? {}, turn };
  },
  async streamed(url, params) {
    const { said, turn } = await inChat(url, params, true);
    return { answer: languages.gemini.gather(said), events: said, turn };
  },
  goOn: (params, { turn }, result) => {
    const results = turn
      .flatMap(({ parts }) => objectsIn(parts))
      .flatMap(({ functionCall }) => {
        // More of a call has no name.
        if (!isObject(functionCall) || functionCall['name'] === undefined) return [];
        const { id, name } = functionCall;
        return [{ functionResponse: { ...(id !== undefined && { id }), name, response: { output: result } } }];
      });
    const parts = results.length > 0 ? results : [{ text: furtherQuestion }];
    const contents = [...objectsIn(params['contents']), ...turn, { role: 'user', parts }];
    return { ...params, contents };
  },
};
