import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A server that listens, and can be stopped. */
export interface Place {
  readonly port: number;
  stop(): Promise<void>;
}

/** As much of Redis as a channel needs, on loopback, for tests. */
export async function smallRedis(port = 0): Promise<Place> {
  const subscribers = new Map<Socket, string>();
  const sockets = new Set<Socket>();
  const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  const answer = (socket: Socket, [command = '', ...args]: readonly string[]): void => {
    const [first = '', second = ''] = args;
    switch (command.toUpperCase()) {
      case 'HELLO':
        socket.write(`%2\r\n${bulk('server')}${bulk('redis')}${bulk('proto')}:3\r\n`);
        break;
      case 'SUBSCRIBE':
        subscribers.set(socket, first);
        socket.write(`>3\r\n${bulk('subscribe')}${bulk(first)}:1\r\n`);
        break;
      case 'PUBLISH': {
        for (const [each, channel] of subscribers) {
          if (channel === first) each.write(`>3\r\n${bulk('message')}${bulk(channel)}${bulk(second)}`);
        }
        socket.write(':1\r\n');
        break;
      }
      default:
        socket.write('+OK\r\n');
    }
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let rest = '';
    socket.on('data', (bytes) => {
      rest += bytes.toString();
      for (;;) {
        const [words, after] = commandIn(rest);
        if (words === undefined) break;
        rest = rest.slice(after);
        answer(socket, words);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port: (server.address() as { port: number }).port, stop };
}

/** The first command of a text, and where it ends: `*2\r\n$4\r\nPING\r\n...` */
function commandIn(text: string): [words: string[] | undefined, after: number] {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return [undefined, 0];
  const words: string[] = [];
  let at = head[0].length;
  while (words.length < Number(head[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (size === null) return [undefined, 0];
    const from = at + size[0].length;
    at = from + Number(size[1]) + 2;
    if (at > text.length) return [undefined, 0];
    words.push(text.slice(from, at - 2));
  }
  return [words, at];
}
