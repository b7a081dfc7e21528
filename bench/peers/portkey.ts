import path from 'node:path';
import type { Provider } from '../contestant.ts';
import { placeOf, type Recipe } from './installation.ts';
import { installFromNpm } from './npm-install.ts';
import { type Peer, providerModel, startPeer, type Ways } from './peer.ts';

const packageName = '@portkey-ai/gateway';

const recipe: Recipe = {
  name: 'portkey',
  version: '1.15.2',
  // With a later server every stream of Messages or chat ends in "TypeError: immutable".
  install: (place) => installFromNpm(place, packageName, recipe.version, { '@hono/node-server': '1.14.1' }),
};

/** Portkey's gateway, on the Node that runs this. It asks for no key, and takes the provider from headers. */
export const portkey: Peer = {
  name: recipe.name,
  recipe,
  start: (provider) =>
    startPeer(
      recipe,
      (port) => ({
        command: process.execPath,
        args: [
          path.join(placeOf(recipe.name), 'node_modules', packageName, 'build', 'start-server.js'),
          `--port=${port}`,
          '--headless',
        ],
        env: { NODE_ENV: 'production' },
      }),
      ways(provider),
    ),
};

/** Messages go to Anthropic alone; chat goes anywhere. */
function ways(provider: Provider): Ways {
  return (client, upstream, manner) => {
    if (client === 'gemini' || (client === 'anthropic' && upstream !== 'anthropic')) return undefined;
    const base = provider.base(upstream, manner);
    const providers = {
      anthropic: { name: 'anthropic', host: `${base}/v1` },
      'openai-chat': { name: 'openai', host: `${base}/v1` },
      gemini: { name: 'google', host: base },
    };
    const { name, host } = providers[upstream];
    return {
      target: client === 'anthropic' ? '/v1/messages' : '/v1/chat/completions',
      headers: { 'x-portkey-provider': name, 'x-portkey-custom-host': host },
      model: providerModel,
    };
  };
}
