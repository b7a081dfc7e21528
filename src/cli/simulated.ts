import type { Config } from '../config/config.ts';
import type { Simulator } from '../simulator/index.ts';

/** The simulator runs inside the gateway from when a provider wants it and names no other address. */
export class Simulated {
  #simulator: Promise<Simulator> | undefined;

  /** Where it is; nothing as long as no configuration has wanted it. */
  async urlFor({ providers }: Pick<Config, 'providers'>): Promise<string | undefined> {
    const isWanted = Object.values(providers).some(
      ({ kind, base_url: url }) => kind === 'simulator' && url === undefined,
    );
    if (isWanted) this.#simulator ??= start();
    return (await this.#simulator)?.url;
  }

  async close(): Promise<void> {
    await (await this.#simulator)?.close();
  }
}

/** Most gateways need none of its files. */
async function start(): Promise<Simulator> {
  const { startSimulator } = await import('../simulator/index.ts');
  return startSimulator({});
}
