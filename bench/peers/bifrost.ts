import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Provider } from '../contestant.ts';
import { type Language, languages, type Manner, manners } from '../scenario.ts';
import { InstallationFailure, placeOf, type Recipe, runTool } from './installation.ts';
import { configurationFolder, type Launch, type Peer, providerModel, startPeer } from './peer.ts';

const moduleName = 'github.com/maximhq/bifrost/transports';
const program = 'bifrost-http';

const recipe: Recipe = {
  name: 'bifrost',
  version: '1.6.0',
  install: (place) => build(place),
};

/** Maxim's Bifrost as an HTTP server, with its logs and its database off and its pools as they come. */
export const bifrost: Peer = {
  name: recipe.name,
  recipe,
  start: (provider) =>
    startPeer(
      recipe,
      (port) => launch(provider, port),
      (client, upstream, manner) =>
        client === 'gemini'
          ? undefined
          : {
              target: client === 'anthropic' ? '/anthropic/v1/messages' : '/v1/chat/completions',
              model: `${upstream}-${manner}/${providerModel}`,
            },
    ),
};

/** Its pages are embedded but no part of the module, so `go install` cannot build it: a copy with an empty page can. */
function build(place: string): void {
  const source = path.join(place, 'source');
  cpSync(downloaded(place), source, { recursive: true });
  makeWritable(source);
  const main = path.join(source, program);
  mkdirSync(path.join(main, 'ui'), { recursive: true });
  writeFileSync(path.join(main, 'ui', 'index.html'), '');
  runTool('go', ['build', '-o', path.join(place, program), '.'], main);
  rmSync(source, { recursive: true });
}

/** The folder of the module's source. */
function downloaded(place: string): string {
  const wanted = `${moduleName}@v${recipe.version}`;
  // In JSON it does not complain in plain words, so that comes second.
  runTool('go', ['mod', 'download', wanted], place);
  const { Dir } = JSON.parse(runTool('go', ['mod', 'download', '-json', wanted], place)) as { readonly Dir?: string };
  if (Dir === undefined) throw new InstallationFailure(`go mod download does not say where ${moduleName} is`);
  return Dir;
}

/** Go's cache is read-only, and so is its copy. */
function makeWritable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const each = path.join(directory, entry.name);
    if (entry.isDirectory()) makeWritable(each);
    else chmodSync(each, 0o644);
  }
}

function launch(provider: Provider, port: number): Launch {
  const settings = configurationFolder(recipe.name);
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, 'config.json'), JSON.stringify(configuration(provider), undefined, 2));
  return {
    command: path.join(placeOf(recipe.name), program),
    args: ['-app-dir', settings, '-host', '127.0.0.1', '-port', String(port), '-log-level', 'error'],
  };
}

function configuration(provider: Provider): object {
  const entries = languages.flatMap((language) =>
    manners.map((manner) => [`${language}-${manner}`, entry(provider, language, manner)] as const),
  );
  return {
    client: { enable_logging: false, drop_excess_requests: false },
    config_store: { enabled: false },
    logs_store: { enabled: false },
    providers: Object.fromEntries(entries),
  };
}

const kinds = {
  anthropic: { type: 'anthropic', version: '' },
  'openai-chat': { type: 'openai', version: '' },
  gemini: { type: 'gemini', version: '/v1beta' },
};

function entry(provider: Provider, language: Language, manner: Manner): object {
  const { type, version } = kinds[language];
  return {
    keys: [{ name: 'bench', value: 'bench-provider-key', models: ['*'], weight: 1 }],
    network_config: { base_url: provider.base(language, manner) + version, max_retries: 0 },
    custom_provider_config: { base_provider_type: type },
  };
}
