import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { type Answer, faultOf } from './answer-check.ts';
import { requestBody } from './body.ts';
import type { Contestant } from './contestant.ts';
import { folder } from './process.ts';
import { isTranslated, type Lane, type Setting } from './scenario.ts';

/** The key that clients show; checking it is part of what is measured. */
export const clientKey = 'bench-client-key';

/** A request that can be sent over and over. */
export interface PreparedRequest {
  readonly port: number;
  /** The file that holds its bytes. */
  readonly file: string;
  /** Bytes that the body of its answer had when it was checked. */
  readonly answerBytes: number;
}

/** A request that was only written. */
export interface WrittenRequest {
  readonly port: number;
  readonly file: string;
  readonly target: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer;
}

/** Writes the request of a client on a lane to a file; nothing where the contestant cannot go this way. */
export function writeRequest(contestant: Contestant, lane: Lane, setting: Setting): WrittenRequest | undefined {
  const way = contestant.way(lane.client, lane.upstream, setting.manner);
  if (way === undefined) return undefined;
  const { target, model } = way;
  const port = way.port ?? contestant.port;
  const body = requestBody(lane.client, setting.body, model, setting.manner !== 'whole');
  const length = { 'content-length': String(body.length) };
  const headers = { host: `127.0.0.1:${port}`, ...clientHeaders(lane), ...way.headers, ...length };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const file = path.join(folder, `${contestant.name} ${port} ${lane.name} ${setting.name}`.replace(/\W+/g, '-'));
  writeFileSync(file, Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\n${head.join('')}\r\n`), body]));
  return { port, file, target, headers, body };
}

/**
 * Sends a request once and looks at the answer, so that nothing wrong is measured.
 * @throws with what is wrong.
 */
export async function prepareRequest(
  contestant: Contestant,
  lane: Lane,
  setting: Setting,
): Promise<PreparedRequest | undefined> {
  const written = writeRequest(contestant, lane, setting);
  if (written === undefined) return undefined;
  const answer = await ask(written);
  const isDragoman = contestant.name === 'dragoman';
  const isExact = isDragoman || !isTranslated(lane);
  const wrong =
    (isDragoman ? wrongCarriage(answer, lane) : undefined) ?? faultOf(answer, lane, setting.manner, isExact);
  if (wrong !== undefined) throw new Error(`${wrong}; it answered ${answer.status} ${answer.text.slice(0, 400)}`);
  return { port: written.port, file: written.file, answerBytes: Buffer.byteLength(answer.text) };
}

function wrongCarriage({ status, headers }: Answer, lane: Lane): string | undefined {
  const expected = isTranslated(lane) ? 'translated' : 'passed';
  const said = headers['x-dragoman-carriage'];
  return status !== 200 || said === expected ? undefined : `x-dragoman-carriage is ${said}, expected ${expected}`;
}

function clientHeaders({ client }: Lane): { readonly [name: string]: string } {
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

const askLimitMs = 30_000;

function ask({ port, target, headers, body }: WrittenRequest): Promise<Answer> {
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
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
        });
      },
    );
    asked.setTimeout(askLimitMs, () => asked.destroy(new Error('no answer within 30 seconds')));
    asked.on('error', reject);
    asked.end(body);
  });
}
