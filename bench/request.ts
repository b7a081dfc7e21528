import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { answerText } from './answer.ts';
import { requestBody } from './body.ts';
import { clientKey, type RunningGateway } from './gateway.ts';
import { folder } from './process.ts';
import { deltas, type Lane, type Manner, modelFor, type Setting } from './scenario.ts';
import { endpoint, type Upstream } from './upstream.ts';

/** A request that can be sent over and over. */
export interface PreparedRequest {
  readonly port: number;
  /** The file that holds its bytes. */
  readonly file: string;
  /** Bytes that the body of its answer had when it was checked. */
  readonly answerBytes: number;
}

/**
 * Writes the request of a client on a lane, sends it once and looks at the answer, so that nothing wrong is measured.
 * @throws with what is wrong.
 */
export async function prepareRequest(
  lane: Lane,
  setting: Setting,
  upstream: Upstream,
  gateway: RunningGateway,
): Promise<PreparedRequest> {
  const isDirect = lane.carriage === undefined;
  const port = isDirect ? upstream.port(setting.manner) : gateway.port;
  const target = (isDirect ? upstream.prefix(setting.manner) : '') + endpoint[lane.client];
  const stream = setting.manner !== 'whole';
  const body = requestBody(lane.client, setting.body, modelFor(lane.upstream, setting.manner), stream);
  const headers = { host: `127.0.0.1:${port}`, ...clientHeaders(lane), 'content-length': String(body.length) };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const file = path.join(folder, `${lane.name} ${setting.name}`.replace(/\W+/g, '-'));
  writeFileSync(file, Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\n${head.join('')}\r\n`), body]));

  const answer = await ask(port, target, headers, body);
  const wrong = faultOf(answer, lane, setting.manner);
  if (wrong !== undefined) {
    throw new Error(`${lane.name}, ${setting.name}: ${wrong}\n${answer.status} ${answer.text.slice(0, 1000)}`);
  }
  return { port, file, answerBytes: Buffer.byteLength(answer.text) };
}

function clientHeaders({ client }: Lane): { [name: string]: string } {
  const both = { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'dragoman-bench' };
  if (client === 'openai-chat') return { ...both, authorization: `Bearer ${clientKey}` };
  return {
    ...both,
    'x-api-key': clientKey,
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'interleaved-thinking-2025-05-14',
    'x-claude-code-session-id': '00000000-0000-4000-8000-000000000000',
  };
}

interface Answer {
  readonly status: number;
  readonly carriage: string | undefined;
  readonly text: string;
}

function ask(port: number, target: string, headers: { [name: string]: string }, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: target, method: 'POST', headers, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const carriage = answer.headers['x-dragoman-carriage'];
          resolve({
            status: answer.statusCode ?? 0,
            carriage: typeof carriage === 'string' ? carriage : undefined,
            text,
          });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** What is wrong with an answer, in words. */
function faultOf({ status, carriage, text }: Answer, lane: Lane, manner: Manner): string | undefined {
  if (status !== 200) return `the status is ${status}`;
  if (carriage !== lane.carriage) return `x-dragoman-carriage is ${carriage}, expected ${lane.carriage}`;
  try {
    const read = manner === 'whole' ? wholeText(lane, text) : streamText(lane, text);
    if (read.text !== answerText(manner)) return `the text of the answer is "${read.text.slice(0, 100)}..."`;
    if (read.deltas < (manner === 'whole' ? 1 : deltas[manner])) return `only ${read.deltas} events with text`;
    return read.complete ? undefined : 'the answer does not end as it should';
  } catch (error) {
    return `the answer cannot be read: ${String(error)}`;
  }
}

interface Read {
  readonly text: string;
  readonly deltas: number;
  readonly complete: boolean;
}

/** As much of a message as has to be right. */
interface Message {
  readonly content: readonly { readonly text: string }[];
  readonly stop_reason: string;
  readonly usage: { readonly output_tokens: number };
}

/** As much of a completion as has to be right. */
interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: { readonly completion_tokens: number };
}

function wholeText({ client }: Lane, text: string): Read {
  if (client === 'anthropic') {
    const { content, stop_reason: stop, usage } = JSON.parse(text) as Message;
    return { text: content[0]?.text ?? '', deltas: 1, complete: stop === 'end_turn' && usage.output_tokens > 0 };
  }
  const { choices, usage } = JSON.parse(text) as Completion;
  const complete = choices[0]?.finish_reason === 'stop' && usage.completion_tokens > 0;
  return { text: choices[0]?.message.content ?? '', deltas: 1, complete };
}

/** As much of an event of either language as has to be right. */
interface StreamEvent {
  readonly type?: string;
  readonly delta?: { readonly type?: string; readonly text?: string };
  readonly choices?: readonly { readonly delta: { readonly content?: string | null } }[];
}

function streamText({ client }: Lane, text: string): Read {
  const data = [...text.matchAll(/^data: (.*)$/gm)].map((match) => match[1] as string);
  const last = data.at(-1);
  const complete = client === 'anthropic' ? last?.includes('"message_stop"') === true : last === '[DONE]';
  const pieces = data
    .filter((item) => item !== '[DONE]')
    .map((item) => JSON.parse(item) as StreamEvent)
    .map(({ delta, choices }) => (client === 'anthropic' ? delta?.text : choices?.[0]?.delta.content) ?? '')
    .filter((piece) => piece !== '');
  return { text: pieces.join(''), deltas: pieces.length, complete };
}
