import type * as net from 'node:net';
import { GatewayError } from '../canon/error.ts';

/** Not every Node has a `BoundSocket`, and what is imported must be there. */
const { BoundSocket, isIPv4 }: Pick<typeof net, 'isIPv4'> & Partial<Pick<typeof net, 'BoundSocket'>> =
  process.getBuiltinModule('node:net');

/** Where a server accepts connections. */
export interface Address {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** True when other processes accept connections at the same port. */
  readonly isShared?: boolean;
}

/** Starts to accept connections. @throws when the address cannot be bound, with what to do about it. */
export function listen(server: net.Server, address: Address): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(explained(error, address)));
  server.once('listening', resolve);
  try {
    const bound = boundSocket(address);
    if (bound === undefined) server.listen(address.port, address.host);
    else server.listen(bound);
  } catch (error) {
    reject(explained(error as Error, address));
  }
  return promise;
}

/**
 * Where the address is a number and nobody shares it, there is nothing to be looked up. Node would look all the same, by a
 * pattern that takes 5 ms of every start to compile. Nothing for a Node that is too old for it.
 */
function boundSocket({ host, port, isShared }: Address): net.BoundSocket | undefined {
  if (BoundSocket === undefined || isShared === true || !isIPv4(host)) return undefined;
  return new BoundSocket({ host, port });
}

function explained(error: Error & { readonly code?: string }, { host, port }: Address): Error {
  if (error.code === 'EADDRINUSE') {
    const message = `Port ${port} is taken. Stop what runs there, or choose another with --port.`;
    return new GatewayError('conflict', message, { cause: error });
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    const message = `Cannot listen on ${host}:${port} (${error.code}). Choose another --host or --port.`;
    return new GatewayError('permission', message, { cause: error });
  }
  return error;
}
