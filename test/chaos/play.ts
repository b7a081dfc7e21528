import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { dialectNamed } from '../../src/dialects/index.ts';
import type { Fault } from './fault.ts';
import { withComments, withJunk } from './junk.ts';
import type { Line } from './line.ts';
import { refusals } from './refusals.ts';

type Headers = { readonly [name: string]: string | number };

/** Plays an answer, or how it fails. */
export async function played(response: ServerResponse, fault: Fault | undefined, line: Line): Promise<void> {
  const { said } = line;
  const headers = headersOf(line);
  switch (fault?.type) {
    case undefined:
      response.writeHead(200, headers).end(said);
      return;
    case 'refuses': {
      const { refusal, wait } = fault;
      const body = Buffer.from(JSON.stringify(refusal.body(line.mark)));
      if (wait !== undefined) response.setHeader('retry-after', wait);
      response.writeHead(refusal.status, { ...json, ...refusal.headers }).end(body);
      return;
    }
    case 'stalls':
      if (fault.at === 'the head') return;
      response.writeHead(200, headers).flushHeaders();
      if (fault.at === 'the middle') response.write(part(said, fault.share));
      return;
    case 'is cut':
      return cut(response, headers, part(said, fault.share), fault.how);
    case 'is reset':
      if (fault.at === 'the head') response.writeHead(200, headers).flushHeaders();
      if (fault.at === 'the connection') response.socket?.resetAndDestroy();
      else response.socket?.destroy();
      return;
    case 'says':
      return garbage(response, fault.what, line);
    case 'mixes in':
      response.writeHead(200, headers).end(withJunk(line, fault.what, fault.share));
      return;
    case 'comes':
      return harmless(response, fault.how, fault.share, line);
  }
}

function headersOf({ speaks, stream }: Line): Headers {
  const { streamType = 'text/event-stream' } = dialectNamed(speaks).upstream;
  return { 'content-type': stream ? streamType : 'application/json' };
}

/** Of every length, but never all. */
function part(said: Buffer, share: number): Buffer {
  return said.subarray(0, Math.floor(share * said.length));
}

function cut(response: ServerResponse, headers: Headers, bytes: Buffer, how: 'ends' | 'breaks' | 'is reset'): void {
  response.writeHead(200, headers);
  if (how === 'ends') {
    response.end(bytes);
    return;
  }
  response.flushHeaders();
  const end = (): void => {
    setImmediate(() => (how === 'breaks' ? response.destroy() : response.socket?.resetAndDestroy()));
  };
  if (bytes.length === 0) end();
  else response.write(bytes, end);
}

const page = '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>nginx</body></html>';
const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };

function garbage(response: ServerResponse, what: Extract<Fault, { type: 'says' }>['what'], line: Line): void {
  const headers = headersOf(line);
  const { said, speaks, mark } = line;
  switch (what) {
    case 'a web page':
      return void response.writeHead(200, html).end(page);
    case 'a web page as a refusal':
      return void response.writeHead(503, html).end(page);
    case 'a web page as a stream':
      return void response.writeHead(200, headers).end(page);
    case 'nothing at all':
      return void response.writeHead(200, { ...json, 'content-length': 0 }).end();
    case 'an empty stream':
      return void response.writeHead(200, headers).end();
    case 'a redirection':
      return void response.writeHead(302, { location: '/elsewhere' }).end();
    case 'not HTTP':
      response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n');
      return;
    case 'gzip that ends early': {
      const packed = gzipSync(said);
      return void response
        .writeHead(200, { ...headers, 'content-encoding': 'gzip' })
        .end(packed.subarray(0, packed.length >> 1));
    }
    case 'gzip that is none':
      return void response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(said);
    case 'half a character':
      return void response.writeHead(200, headers).end(Buffer.from('{"price":"5 €').subarray(0, -1));
    case 'an error under a good status': {
      const refusal = refusals[speaks].find(({ status }) => status === 500);
      return void response.writeHead(200, json).end(JSON.stringify(refusal?.body(mark)));
    }
    case 'a string':
      return void response.writeHead(200, json).end('"hello"');
    case 'null':
      return void response.writeHead(200, json).end('null');
    case 'another length':
      response.writeHead(200, { ...headers, 'content-length': said.length + 100 });
      response.write(said, () => setImmediate(() => response.socket?.destroy()));
  }
}

async function harmless(
  response: ServerResponse,
  how: Extract<Fault, { type: 'comes' }>['how'],
  share: number,
  line: Line,
): Promise<void> {
  const headers = headersOf(line);
  const { said, stream, speaks } = line;
  switch (how) {
    case 'one byte at a time':
      return inPieces(response.writeHead(200, headers), said, 1, 0);
    case 'slowly':
      return inPieces(response.writeHead(200, headers), said, Math.ceil(said.length / 8), 20 + 200 * share);
    case 'gzip':
      response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(said));
      return;
    case 'comments':
      response.writeHead(200, headers).end(withComments(line, share));
      return;
    case 'another type': {
      const type = stream && speaks === 'bedrock-converse' ? 'application/octet-stream' : 'text/plain; charset=utf-8';
      response.writeHead(200, { 'content-type': type }).end(said);
    }
  }
}

/** @param pauseMs between the pieces */
async function inPieces(response: ServerResponse, said: Buffer, length: number, pauseMs: number): Promise<void> {
  response.socket?.setNoDelay(true);
  for (let at = 0; at < said.length && !response.destroyed; at += length) {
    response.write(said.subarray(at, at + length));
    if (pauseMs > 0) await sleep(pauseMs);
    else if (at % 16 === 0) await new Promise(setImmediate);
  }
  response.end();
}
