import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Provider } from '../contestant.ts';
import { type Language, languages, type Manner, manners } from '../scenario.ts';
import { placeOf, type Recipe } from './installation.ts';
import { installFromNpm } from './npm-install.ts';
import { configurationFolder, keyHeaders, type Launch, type Peer, peerKey, providerModel, startPeer } from './peer.ts';

const packageName = '@musistudio/claude-code-router';

const recipe: Recipe = {
  name: 'claude-code-router',
  version: '2.0.0',
  install: (place) => installFromNpm(place, packageName, recipe.version),
};

/** Claude Code Router, on the Node that runs this. It takes Messages and sends any of the three languages. */
export const claudeCodeRouter: Peer = {
  name: recipe.name,
  recipe,
  start: (provider) =>
    startPeer(
      recipe,
      (port) => launch(provider, port),
      (client, upstream, manner) =>
        client === 'anthropic'
          ? { target: '/v1/messages', headers: keyHeaders(client), model: `${upstream}-${manner},${providerModel}` }
          : undefined,
    ),
};

function launch(provider: Provider, port: number): Launch {
  const settings = path.join(configurationFolder(recipe.name), '.claude-code-router');
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, 'config.json'), JSON.stringify(configuration(provider, port), undefined, 2));
  return {
    command: process.execPath,
    args: [path.join(placeOf(recipe.name), 'node_modules', packageName, 'dist', 'cli.js'), 'start'],
    env: { SERVICE_PORT: String(port), DISABLE_TELEMETRY: 'true' },
  };
}

/** Every provider in every manner, without a log. */
function configuration(provider: Provider, port: number): object {
  return {
    HOST: '127.0.0.1',
    PORT: port,
    APIKEY: peerKey,
    LOG: false,
    NON_INTERACTIVE_MODE: true,
    Providers: languages.flatMap((language) => manners.map((manner) => entry(provider, language, manner))),
    Router: { default: `openai-chat-whole,${providerModel}` },
  };
}

function entry(provider: Provider, language: Language, manner: Manner): object {
  const base = provider.base(language, manner);
  const common = { name: `${language}-${manner}`, api_key: 'bench-provider-key', models: [providerModel] };
  const own = {
    anthropic: { api_base_url: `${base}/v1/messages`, transformer: { use: ['Anthropic'] } },
    'openai-chat': { api_base_url: `${base}/v1/chat/completions` },
    gemini: { api_base_url: `${base}/v1beta/models/`, transformer: { use: ['gemini'] } },
  };
  return { ...common, ...own[language] };
}
