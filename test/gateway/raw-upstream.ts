import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** Answers a call whose body has come; the connection is the test's to do with what it likes. */
export type RawAnswer = (response: ServerResponse, body: string) => void;

/** A provider that is no simulator: each byte of its answers is written by the test. Returns its origin. */
export async function startRaw(t: TestContext, answer: RawAnswer): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => answer(response, body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Begins a streamed answer. */
export function beginStream(response: ServerResponse, ...frames: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(frames.join(''));
}

/** Gives a whole answer. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function frame(event: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A message in Anthropic's language. */
export const wholeMessage = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: 2 },
} as const;

/** Its first frame when it is streamed, with the usage of the prompt. */
export const messageStart: string = frame({
  type: 'message_start',
  message: { ...wholeMessage, content: [], stop_reason: null, usage: { input_tokens: 7, output_tokens: 1 } },
});

/** Its last frames. */
export const messageEnd: string =
  frame({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 2 },
  }) + frame({ type: 'message_stop' });

/** All of its frames. */
export function streamedMessage(text: string): string {
  return (
    messageStart +
    frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
    frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }) +
    frame({ type: 'content_block_stop', index: 0 }) +
    messageEnd
  );
}
