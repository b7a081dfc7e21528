import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Provider } from './contestant.ts';
import { dragomanCommand, dragomanOn } from './dragoman.ts';
import { copyCheckout, installPackage } from './installed.ts';
import { startServer } from './process.ts';
import { writeRequest } from './request.ts';
import { type ColdStart, inALine, type Part } from './run.ts';
import { passLane, type Setting } from './scenario.ts';

const setting: Setting = { name: 'cold start', manner: 'whole', body: 'small', connections: 1 };
const limitMs = 20_000;
const retryMs = 2;

/** Starts the gateway over and over, from a fresh copy of the source and from the package, and asks at once. */
export async function measureColdStarts(provider: Provider, times: number): Promise<Part<readonly ColdStart[]>> {
  try {
    const fromSource = await measureFrom('source', copyCheckout('cold'), provider, times);
    const fromPackage = await measureFrom('package', await installPackage(), provider, times);
    return [fromSource, fromPackage];
  } catch (error) {
    return { missing: inALine(error) };
  }
}

async function measureFrom(
  from: ColdStart['from'],
  program: string,
  provider: Provider,
  times: number,
): Promise<ColdStart> {
  const first = await coldStart(program, provider);
  const later: number[] = [];
  for (let i = 0; i < times; i++) later.push(await coldStart(program, provider));
  return { from, first, later };
}

/** Milliseconds from starting the process until its first answer is whole. */
async function coldStart(program: string, provider: Provider): Promise<number> {
  const { program: node, args, port } = await dragomanCommand(provider, { program });
  const asked = writeRequest(dragomanOn(port), passLane, setting);
  if (asked === undefined) throw new Error('there is no request to begin with');
  const bytes = readFileSync(asked.file);
  const began = performance.now();
  const server = startServer('cold-start', node, args);
  try {
    for (;;) {
      const answered = await answerFrom(port, bytes);
      if (answered !== undefined) return answered - began;
      if (!server.running() || performance.now() > began + limitMs) {
        throw new Error(`The gateway does not come up. It says:\n${server.output().slice(-2000)}`);
      }
    }
  } finally {
    await server.stop();
  }
}

/** When the answer was whole; nothing where nobody listens yet. */
function answerFrom(port: number, request: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('connect', () => socket.write(request));
    socket.on('data', (piece: string) => {
      text += piece;
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
      const body = text.indexOf('\r\n\r\n') + 4;
      if (body < 4 || length === undefined || text.length < body + Number(length)) return;
      socket.destroy();
      if (text.startsWith('HTTP/1.1 200 ')) resolve(performance.now());
      else reject(new Error(`the first answer is ${text.slice(0, 300)}`));
    });
    socket.on('error', () => setTimeout(() => resolve(undefined), retryMs));
    socket.on('end', () => reject(new Error('the first connection was closed without an answer')));
  });
}
