import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import type { NativeTool, ToolMeaning } from '../../canon/request.ts';
import type { Writing } from './writing.ts';

type WebSearch = Extract<ToolMeaning, { type: 'web_search' }>;

/** What the provider's own tools are for, by their types: those of OpenRouter, Mistral, Groq and others. */
export function readMeaning({ type, parameters }: JsonObject): ToolMeaning | undefined {
  const name = String(type).replace(/^openrouter:/, '');
  if (/^web_search/.test(name)) return { type: 'web_search', ...domainsIn(isObject(parameters) ? parameters : {}) };
  if (/^web_fetch/.test(name)) return { type: 'web_fetch' };
  return name === 'code_interpreter' ? { type: 'code_execution' } : undefined;
}

function domainsIn({ allowed_domains: allowed, excluded_domains: blocked }: JsonObject): Partial<WebSearch> {
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  return {
    ...(texts(allowed).length > 0 && { allowedDomains: texts(allowed) }),
    ...(texts(blocked).length > 0 && { blockedDomains: texts(blocked) }),
  };
}

/** Searching the web is also asked for beside the tools: by OpenAI's `web_search_options`, by OpenRouter's plugin. */
export function readWebSearch(body: JsonObject): NativeTool[] {
  const options = body['web_search_options'];
  const asked = isObject(options) ? [searching({ web_search_options: options }, locationIn(options))] : [];
  return [
    ...asked,
    ...objectsIn(body['plugins'])
      .filter(isWeb)
      .map((plugin) => searching({ plugins: [plugin] }, {})),
  ];
}

/** The plugins that are no tools of ours. */
export function otherPlugins(plugins: unknown): unknown {
  if (!Array.isArray(plugins)) return plugins;
  const others = plugins.filter((plugin) => !isObject(plugin) || !isWeb(plugin));
  return others.length > 0 ? others : undefined;
}

function isWeb({ id }: JsonObject): boolean {
  return id === 'web';
}

function searching(value: JsonObject, more: Partial<WebSearch>): NativeTool {
  return {
    type: 'native',
    dialect: 'openai-chat',
    name: 'web_search',
    value,
    means: { type: 'web_search', ...more },
  };
}

function locationIn({ user_location: location }: JsonObject): Partial<WebSearch> {
  const approximate = isObject(location) ? location['approximate'] : undefined;
  const parts = Object.entries(isObject(approximate) ? approximate : {}).flatMap(([part, text]) => {
    const place = stringIn(text);
    return place === undefined ? [] : [[part, place] as const];
  });
  return parts.length > 0 ? { location: Object.fromEntries(parts) } : {};
}

/** A tool of the provider's own: an entry among the tools, or fields beside them. */
export interface WrittenNative {
  readonly tool?: JsonObject;
  readonly fields?: JsonObject;
}

export function writeNative(tool: NativeTool, path: string, writing: Writing): WrittenNative {
  const { value, dialect, means } = tool;
  if (dialect === 'openai-chat') {
    return 'web_search_options' in value || 'plugins' in value ? { fields: value } : { tool: value };
  }
  if (means?.type !== 'web_search') return {};
  const { web_search: form } = writing.quirks;
  if (form === undefined) {
    writing.lose('dropped', path, 'the provider is not known to search the web');
    return {};
  }
  writing.lose('approximated', path, "the provider's own search stands for it");
  if (form === 'tool') return { tool: { type: 'web_search' } };
  if (form === 'plugins') return { fields: { plugins: [{ id: 'web' }] } };
  const { location } = means;
  const place = location === undefined ? {} : { user_location: { type: 'approximate', approximate: location } };
  return { fields: { web_search_options: place } };
}
