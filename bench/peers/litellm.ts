import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Provider } from '../contestant.ts';
import { type Language, languages, type Manner, manners } from '../scenario.ts';
import { placeOf, type Recipe, runTool } from './installation.ts';
import { configurationFolder, keyHeaders, type Launch, type Peer, peerKey, providerModel, startPeer } from './peer.ts';

const recipe: Recipe = {
  name: 'litellm',
  version: '1.106.2',
  install(place) {
    runTool('python3', ['-m', 'venv', '.'], place);
    runTool(path.join(place, 'bin', 'pip'), ['install', '--quiet', `litellm[proxy]==${recipe.version}`], place);
  },
};

/** The LiteLLM proxy with one worker and no database, as its guide for production has it for each core. */
export const litellm: Peer = {
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
              target: client === 'anthropic' ? '/v1/messages' : '/v1/chat/completions',
              headers: keyHeaders(client),
              model: `${upstream}-${manner}`,
            },
    ),
};

/** What it would otherwise fetch from elsewhere comes from its package. */
const offline = {
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: 'True',
  LITELLM_LOCAL_AUTOROUTER_PRESETS: 'True',
  LITELLM_LOCAL_BLOG_POSTS: 'True',
  LITELLM_LOCAL_POLICY_TEMPLATES: 'True',
};

function launch(provider: Provider, port: number): Launch {
  const settings = configurationFolder(recipe.name);
  mkdirSync(settings, { recursive: true });
  const file = path.join(settings, 'config.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration(provider), undefined, 2));
  return {
    command: path.join(placeOf(recipe.name), 'bin', 'litellm'),
    args: ['--config', file, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'],
    env: {
      ...offline,
      LITELLM_MASTER_KEY: peerKey,
      LITELLM_MODE: 'PRODUCTION',
      LITELLM_LOG: 'ERROR',
      DISABLE_ADMIN_UI: 'True',
    },
  };
}

function configuration(provider: Provider): object {
  return {
    model_list: languages.flatMap((language) => manners.map((manner) => entry(provider, language, manner))),
    // Without this, Messages for an OpenAI model go to the Responses API.
    litellm_settings: { use_chat_completions_url_for_anthropic_messages: true },
  };
}

function entry(provider: Provider, language: Language, manner: Manner): object {
  const base = provider.base(language, manner);
  const parameters = {
    anthropic: { model: `anthropic/${providerModel}`, api_base: base },
    'openai-chat': { model: `openai/${providerModel}`, api_base: `${base}/v1` },
    gemini: { model: `gemini/${providerModel}`, api_base: `${base}/v1beta` },
  };
  return {
    model_name: `${language}-${manner}`,
    litellm_params: { ...parameters[language], api_key: 'bench-provider-key' },
  };
}
