import { type CircuitChange, circuitChanges } from './circuit-change.ts';
import type { Log } from './log.ts';
import { type SharingChange, sharingChanges } from './sharing-change.ts';

/** Logs which targets are left alone and which are well again, until what is returned is called. */
export function logHealth(log: Log): () => void {
  const onCircuit = (message: unknown): void => {
    const change = message as CircuitChange;
    const { scope, to, why, restMs = 0 } = change;
    if (to === 'open') log.warn({ circuit: change }, `${scope} is left alone for ${seconds(restMs)}: ${why}`);
    else if (to === 'half_open') log.debug({ circuit: change }, `${scope} is tried again`);
    else log.info({ circuit: change }, `${scope} is well again`);
  };
  const onSharing = (message: unknown): void => {
    const { connected, why } = message as SharingChange;
    if (connected) log.info('Redis is there: what is found of providers is shared');
    else log.warn(`Redis is not there, each gateway goes by what it sees itself: ${why}`);
  };
  circuitChanges.subscribe(onCircuit);
  sharingChanges.subscribe(onSharing);
  return () => {
    circuitChanges.unsubscribe(onCircuit);
    sharingChanges.unsubscribe(onSharing);
  };
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}
