import type { Config } from '../config/config.ts';
import type { Simulator } from '../simulator/index.ts';

/** The simulator runs inside the gateway as soon as a provider wants it and names no other address. */
export async function simulatorFor({ providers }: Pick<Config, 'providers'>): Promise<Simulator | undefined> {
  const isWanted = Object.values(providers).some(
    ({ kind, base_url: url }) => kind === 'simulator' && url === undefined,
  );
  if (!isWanted) return undefined;
  // Most gateways need none of its files.
  const { startSimulator } = await import('../simulator/index.ts');
  return startSimulator({});
}
