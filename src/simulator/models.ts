import type { SimulatedDialect } from './dialect.ts';
import type { JsonObject } from './json.ts';
import type { Rules } from './scenario.ts';

/** Listed when a scenario names no models; any other name works as well. */
const DEFAULT_MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'gpt-5.5', 'dragoman-simulator'];
const PATH = /(?:^|\/)models(?:\/(.+))?$/;

/** The list of models or one of them, or what is wrong with the path. */
export function answerModels(
  dialect: SimulatedDialect,
  path: string,
  query: URLSearchParams,
  rules: Rules,
): { readonly body: JsonObject } | { readonly missing: string } {
  const found = (dialect.modelsPath ?? PATH).exec(path);
  if (found === null) return { missing: `Not found: ${path}` };
  if (found[1] === undefined) return { body: dialect.models(rules.models ?? DEFAULT_MODELS, query, rules) };
  const id = decodeURIComponent(found[1]);
  const exists = rules.models === undefined || rules.models.includes(id);
  return exists ? { body: dialect.model(id, rules) } : { missing: `model: ${id}` };
}
