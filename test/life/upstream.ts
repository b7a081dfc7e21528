import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { beginStream, messageEnd, messageStart, sendJson, wholeMessage } from '../gateway/raw-upstream.ts';

/** A provider in Anthropic's language that tells its name, and says the end of a stream when the test wants it. */
export interface Upstream {
  readonly url: string;
  /** The keys that were shown, in the order of the calls. */
  readonly keys: readonly string[];
  /** Streams that have begun and not ended. */
  readonly open: readonly ServerResponse[];
  /** Ends all streams well. */
  finish(): void;
}

/** @param name what it answers. */
export async function startUpstream(t: TestContext, name: string): Promise<Upstream> {
  const open: ServerResponse[] = [];
  const keys: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      keys.push(String(request.headers['x-api-key']));
      const { stream } = JSON.parse(body) as { stream?: boolean };
      if (stream !== true) return sendJson(response, 200, { ...wholeMessage, content: [{ type: 'text', text: name }] });
      beginStream(response, messageStart);
      open.push(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const finish = (): void => {
    for (const response of open.splice(0)) response.end(messageEnd);
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys, open, finish };
}

/** Settings of a provider in Anthropic's language. */
export function provider({ url }: Pick<Upstream, 'url'>, key = 'sk-provider'): object {
  return { speaks: 'anthropic', base_url: url, api_key: key };
}

/** A call in Anthropic's language. */
export function call(
  url: string,
  more: object = {},
  headers: { readonly [name: string]: string } = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    ...(signal !== undefined && { signal }),
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify({ model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }], ...more }),
  });
}

/** The text of a whole answer. */
export async function said(answer: Response): Promise<string> {
  const body = (await answer.json()) as { content?: { text: string }[] };
  return body.content?.[0]?.text ?? `${answer.status} ${JSON.stringify(body)}`;
}
