import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answerText, packedAnswer } from './answer.ts';
import type { Provider } from './contestant.ts';
import { compile, folder, type Server, startServer } from './process.ts';
import {
  deltaLength,
  type Language,
  languages,
  type Manner,
  manners,
  openingMicros,
  paceMicros,
  silenceMicros,
} from './scenario.ts';

/** The provider, which answers the same at every call. */
export interface Upstream extends Provider {
  /** Why it is not the fast one; nothing when it is. */
  readonly slowBecause?: string;
  /** The processes whose CPU time is the provider's. */
  readonly pids: readonly number[];
}

const startLimitMs = 10_000;

/** Where a language takes its calls, below the base URL. */
const endpoints: { readonly [language in Language]: string } = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
  gemini: '/v1beta/models/',
};

/** Where a language takes a call for an answer in a manner. */
export function endpointOf(language: Language, manner: Manner): string {
  if (language !== 'gemini') return endpoints[language];
  const operation = manner === 'whole' ? 'generateContent' : 'streamGenerateContent?alt=sse';
  return `${endpoints.gemini}bench-model:${operation}`;
}

/** Starts the provider: the one in C, or the simulator where that cannot be compiled. */
export async function startUpstream(): Promise<Upstream> {
  const compiled = compile('upstream.c');
  if ('failure' in compiled) return startSimulators(compiled.failure);
  const answers = manners.flatMap((manner) =>
    languages.flatMap((language) => {
      const file = path.join(folder, `${language}-${manner}.answer`);
      writeFileSync(file, packedAnswer(language, manner));
      const endpoint = endpoints[language];
      return [endpoint, endpoint.replace(/^\/v1(beta)?/, '')].map((prefix) => `/${manner}${prefix}=${file}`);
    }),
  );
  const server = startServer('upstream', compiled.file, answers);
  const port = await portOf(server, /^(\d+)$/m);
  return { base: (_, manner) => `http://127.0.0.1:${port}/${manner}`, pids: [server.pid] };
}

/** One simulator for each manner, since each of them answers always in the same. */
async function startSimulators(slowBecause: string): Promise<Upstream> {
  const program = fileURLToPath(new URL('../src/simulator/main.ts', import.meta.url));
  const ports = new Map<Manner, number>();
  const pids: number[] = [];
  for (const manner of manners) {
    const file = path.join(folder, `${manner}.scenario.json`);
    const constant = { parts: [answerText(manner)], chunk: deltaLength };
    writeFileSync(file, JSON.stringify({ constant }));
    const pauses = { whole: 0, burst: 0, paced: paceMicros, opening: openingMicros, hold: silenceMicros };
    const pace = pauses[manner] > 0 ? ['--pace', String(pauses[manner] / 1000)] : [];
    const args = [program, '--port', '0', '--scenario', file, ...pace];
    const server = startServer(`simulator-${manner}`, process.execPath, args);
    ports.set(manner, await portOf(server, /listening on \S+:(\d+)/));
    pids.push(server.pid);
  }
  return { slowBecause, base: (_, manner) => `http://127.0.0.1:${ports.get(manner)}`, pids };
}

async function portOf(server: Server, pattern: RegExp): Promise<number> {
  const deadline = performance.now() + startLimitMs;
  for (;;) {
    const found = pattern.exec(server.output());
    if (found !== null) return Number(found[1]);
    if (!server.running() || performance.now() > deadline) {
      throw new Error(`The upstream does not come up. It says:\n${server.output()}`);
    }
    await sleep(20);
  }
}
