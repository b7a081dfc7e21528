import type { Call } from '../gateway/call.ts';
import { jsonReply } from '../gateway/reply.ts';
import type { Serving } from './serving.ts';

/** What a probe asks for, and how much of it. */
export interface Probe {
  readonly path: '/livez' | '/readyz';
  readonly verbose: boolean;
  /** Whether whoever asks may know names of providers. */
  readonly known: boolean;
}

const noStore = { 'cache-control': 'no-store' };

/** Answers who watches over the process: `/livez` as long as it answers at all, `/readyz` as long as it takes calls. */
export function answerProbe(serving: Serving, call: Call, { path, verbose, known }: Probe): void {
  const { door } = serving;
  const reason = path === '/livez' ? undefined : door.closedFor;
  const word = path === '/livez' ? 'alive' : 'ready';
  const report = {
    status: reason === undefined ? word : `not ${word}`,
    ...(reason !== undefined && { reason }),
    ...(verbose && details(serving)),
    ...(verbose && known && path === '/readyz' && { providers: providersOf(serving) }),
  };
  jsonReply(call, reason === undefined ? 200 : 503, Buffer.from(JSON.stringify(report)), noStore);
}

function details({ door, turn, startedAt, generation }: Serving): object {
  return {
    uptime_seconds: Math.floor((Date.now() - startedAt) / 1000),
    generation: generation.number,
    draining: door.isDraining,
    calls_open: turn.calls - 1,
    memory: { resident_bytes: door.memory.resident, limit_bytes: door.memory.limit, over: door.memory.isOver },
  };
}

/** A provider without its credential keeps nobody from calling the others. */
function providersOf({ gateway }: Serving): { readonly [name: string]: string } {
  return Object.fromEntries([...gateway.providers].map(([name, { missing }]) => [name, missing ?? 'ok']));
}
