import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answerText, packedAnswer } from './answer.ts';
import { compile, folder, type Server, startServer } from './process.ts';
import { deltaLength, type Language, languages, type Manner, manners, paceMicros } from './scenario.ts';

/** The provider, which answers the same at every call. */
export interface Upstream {
  /** Why it is not the fast one; nothing when it is. */
  readonly slowBecause?: string;
  readonly port: (manner: Manner) => number;
  /** What stands before `/v1/...`. */
  readonly prefix: (manner: Manner) => string;
  /** As the configuration wants it. */
  baseUrl(language: Language, manner: Manner): string;
  /** The processes whose CPU time is the provider's. */
  readonly pids: readonly number[];
}

const startLimitMs = 10_000;

/** Where a language takes its calls. */
export const endpoint: { readonly [language in Language]: string } = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
};

/** Starts the provider: the one in C, or the simulator where that cannot be compiled. */
export async function startUpstream(): Promise<Upstream> {
  const compiled = compile('upstream.c');
  if ('failure' in compiled) return startSimulators(compiled.failure);
  const answers = manners.flatMap((manner) =>
    languages.map((language) => {
      const file = path.join(folder, `${language}-${manner}.answer`);
      writeFileSync(file, packedAnswer(language, manner));
      return `/${manner}${endpoint[language]}=${file}`;
    }),
  );
  const server = startServer('upstream', compiled.file, answers);
  const port = await portOf(server, /^(\d+)$/m);
  return withUrls({ port: () => port, prefix: (manner) => `/${manner}`, pids: [server.pid] });
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
    const pace = manner === 'paced' ? ['--pace', String(paceMicros / 1000)] : [];
    const args = [program, '--port', '0', '--scenario', file, ...pace];
    const server = startServer(`simulator-${manner}`, process.execPath, args);
    ports.set(manner, await portOf(server, /listening on \S+:(\d+)/));
    pids.push(server.pid);
  }
  return withUrls({ slowBecause, port: (manner) => ports.get(manner) as number, prefix: () => '', pids });
}

function withUrls(upstream: Omit<Upstream, 'baseUrl'>): Upstream {
  const baseUrl = (language: Language, manner: Manner): string => {
    const address = `http://127.0.0.1:${upstream.port(manner)}${upstream.prefix(manner)}`;
    return language === 'anthropic' ? address : `${address}/v1`;
  };
  return { ...upstream, baseUrl };
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
