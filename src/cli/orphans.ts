import type { Worker } from 'node:cluster';

interface Closable {
  close(): void;
}

/** What Node's cluster tells a worker with a connection, and what it hears when the worker has taken it. */
interface Handed {
  readonly act?: unknown;
  readonly seq?: unknown;
}

/**
 * A connection that was handed to a worker which dies before it has taken it belongs to nobody: it would stay open, and its
 * client wait, as long as this process lives. From now on such are closed when the worker is gone, and their clients may
 * ask again.
 */
export function closeOrphans({ process: child }: Worker): void {
  const handed = new Map<unknown, Closable>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]): boolean => {
    const [message, handle] = args as [Handed, Closable | undefined];
    if (message.act === 'newconn' && handle !== undefined) handed.set(message.seq, handle);
    return send(...args);
  };
  child.on('internalMessage', ({ ack }: { readonly ack?: unknown }) => {
    if (ack !== undefined) handed.delete(ack);
  });
  child.once('exit', () => {
    for (const handle of handed.values()) handle.close();
    handed.clear();
  });
}
