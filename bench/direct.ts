import type { Contestant } from './contestant.ts';
import { endpointOf, type Upstream } from './upstream.ts';

/** The provider itself, which every gateway is compared to. */
export function direct(upstream: Upstream): Contestant {
  return {
    name: 'direct',
    version: '',
    port: 0,
    pids: () => upstream.pids,
    way(client, language, manner) {
      if (client !== language) return undefined;
      const { port, pathname } = new URL(upstream.base(language, manner));
      const target = pathname.replace(/\/$/, '') + endpointOf(language, manner);
      return { target, model: 'bench-model', port: Number(port) };
    },
    stop: () => Promise.resolve(),
  };
}
