import type { MemoryGuard } from './memory-guard.ts';
import { Shares } from './shares.ts';

/** What decides whether calls may come in, as long as the server lives. */
export class Door {
  readonly memory: MemoryGuard;
  readonly shares = new Shares();
  /** The server is about to close: whoever asks is told so, and each answer is the last of its connection. */
  isDraining = false;

  constructor(memory: MemoryGuard) {
    this.memory = memory;
  }

  /** Why load balancers should send their calls elsewhere; nothing where all is well. */
  get closedFor(): 'draining' | 'memory' | undefined {
    if (this.isDraining) return 'draining';
    return this.memory.isOver ? 'memory' : undefined;
  }
}
