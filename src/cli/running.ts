import type { Config } from '../config/config.ts';

/** The address of the gateway that already listens where this one would. */
export async function runningGateway({ server }: Pick<Config, 'server'>): Promise<string | undefined> {
  if (server.port === 0) return undefined;
  const host = ['0.0.0.0', '::'].includes(server.host) ? '127.0.0.1' : server.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
    const { service } = (await answer.json()) as { service?: unknown };
    return service === 'dragoman' ? url : undefined;
  } catch {
    return undefined;
  }
}
