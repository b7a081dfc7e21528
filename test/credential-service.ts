import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it is answered; an object goes as JSON, with status 200 unless said otherwise. */
export interface Reply {
  readonly status?: number;
  readonly body: string | object;
}

/** A service that gives out credentials: it answers as a test tells it, and keeps what it was asked. */
export interface CredentialService {
  readonly url: string;
  readonly arrived: Arrived[];
  answer: (request: Arrived, count: number) => Reply | Promise<Reply>;
}

/** Starts one that ends with the test. Until it is told otherwise it refuses everything. */
export async function startCredentialService(t: TestContext): Promise<CredentialService> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body };
      arrived.push(one);
      void Promise.resolve(service.answer(one, arrived.length)).then(({ status = 200, body: reply }) => {
        response.writeHead(status).end(typeof reply === 'string' ? reply : JSON.stringify(reply));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: CredentialService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    answer: () => ({ status: 403, body: {} }),
  };
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return service;
}
