import type { ServerResponse } from 'node:http';
import { createGzip, constants as zlib } from 'node:zlib';
import type { Action } from './delivery.ts';

/** Where the bytes of an answer go. */
interface Outlet {
  /** Calls back when the bytes are with the kernel, or lost. */
  write(bytes: Buffer, done: () => void): void;
  /** Ends the answer, with some last bytes or none. */
  end(bytes?: Buffer): void;
}

function plainOutlet(response: ServerResponse): Outlet {
  return {
    write: (bytes, done) => {
      response.write(bytes, () => done());
    },
    end: (bytes) => {
      response.end(bytes);
    },
  };
}

function gzipOutlet(response: ServerResponse): Outlet {
  const gzip = createGzip({ flush: zlib.Z_SYNC_FLUSH });
  gzip.on('data', (bytes: Buffer) => response.write(bytes));
  gzip.on('end', () => response.end());
  response.on('close', () => gzip.destroy());
  return {
    write: (bytes, done) => {
      gzip.write(bytes, () => done());
    },
    end: (bytes) => {
      gzip.end(bytes);
    },
  };
}

/**
 * Carries out a plan whose headers are already written. Each write waits for the one before it, so that a slow reader
 * holds the plan up and a cut comes after the bytes before it. Stops by itself when the connection closes.
 */
export function deliver(
  response: ServerResponse,
  actions: readonly Action[],
  options: { readonly gzip: boolean; readonly onCut: () => void },
): void {
  const outlet = options.gzip ? gzipOutlet(response) : plainOutlet(response);
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let position = 0;
  response.on('close', () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  });
  const next = (): void => {
    const action = actions[position];
    position += 1;
    if (action === undefined || response.destroyed) return;
    switch (action.kind) {
      case 'write':
        if (actions[position]?.kind === 'end') return outlet.end(action.bytes);
        return outlet.write(action.bytes, next);
      case 'wait':
        if (action.ms === 0) immediate = setImmediate(next);
        else timer = setTimeout(next, action.ms);
        return;
      case 'hang':
        return;
      case 'close':
      case 'reset':
        options.onCut();
        if (action.kind === 'reset') response.socket?.resetAndDestroy();
        else response.socket?.destroy();
        return;
      case 'end':
        return outlet.end();
    }
  };
  next();
}
