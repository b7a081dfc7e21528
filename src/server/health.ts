import type { Call } from '../gateway/call.ts';
import { jsonReply } from '../gateway/reply.ts';
import type { Serving } from './serving.ts';

/** Says that the gateway serves; in detail, what it has seen. */
export function health(serving: Serving, call: Call, detailed: boolean): void {
  const brief = { status: 'ok', uptime_seconds: Math.floor((Date.now() - serving.startedAt) / 1000) };
  const { gateway } = serving;
  const report = detailed
    ? {
        ...brief,
        generation: {
          number: serving.generation.number,
          since: new Date(serving.generation.since).toISOString(),
        },
        calls_open: serving.turn.calls - 1,
        memory: { resident_bytes: serving.door.memory.resident },
        providers: gateway.meter.report(),
        cache_misses: gateway.guardian.recent(),
        learnt: [...gateway.memory.entries()],
      }
    : brief;
  jsonReply(call, 200, Buffer.from(JSON.stringify(report)));
}
