import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from './json.ts';
import type { Flavor } from './scenario.ts';

/** Listed when a scenario names no models; any other name works as well. */
const DEFAULT_MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'gpt-5.5', 'dragoman-simulator'];
const CREATED = '2026-01-01T00:00:00Z';
const PATH = /(?:^|\/)models(?:\/(.+))?$/;

/** What a GET asks for. */
export interface ModelsRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly models: readonly string[] | undefined;
  readonly flavor: Flavor;
}

/** True when the client speaks Anthropic's language; the paths are the same in both. */
export function isAnthropicClient(headers: IncomingHttpHeaders): boolean {
  return headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined;
}

/** The list, one model, `missing` for a model that does not exist, or undefined when the path is not about models. */
export function answerModels(request: ModelsRequest): JsonObject | 'missing' | undefined {
  const found = PATH.exec(request.path);
  if (found === null) return undefined;
  const ids = request.models ?? DEFAULT_MODELS;
  const anthropic = isAnthropicClient(request.headers);
  const write = anthropic ? anthropicModel : (id: string) => openaiModel(id, request.flavor);
  if (found[1] !== undefined) {
    const id = decodeURIComponent(found[1]);
    return request.models === undefined || ids.includes(id) ? write(id) : 'missing';
  }
  return anthropic ? anthropicPage(ids, request.query) : { object: 'list', data: ids.map(write) };
}

function anthropicPage(ids: readonly string[], query: URLSearchParams): JsonObject {
  const after = query.get('after_id');
  const before = query.get('before_id');
  const limit = Math.min(Math.max(Number(query.get('limit') ?? 20) || 20, 1), 1000);
  const end = before === null ? ids.length : Math.max(ids.indexOf(before), 0);
  const back = before === null ? 0 : Math.max(end - limit, 0);
  const start = after === null ? back : ids.indexOf(after) + 1;
  const page = ids.slice(start, Math.min(start + limit, end));
  return {
    data: page.map(anthropicModel),
    has_more: before === null ? start + page.length < ids.length : start > 0,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}

function anthropicModel(id: string): JsonObject {
  const limits = { max_input_tokens: 200_000, max_tokens: 64_000 };
  return { id, type: 'model', display_name: `${id} (simulated)`, created_at: CREATED, lifecycle: 'active', ...limits };
}

function openaiModel(id: string, flavor: Flavor): JsonObject {
  const model = { id, object: 'model', created: Date.parse(CREATED) / 1000, owned_by: 'dragoman-simulator' };
  if (flavor !== 'openrouter') return model;
  return {
    ...model,
    name: `${id} (simulated)`,
    context_length: 200_000,
    pricing: { prompt: '0', completion: '0' },
    top_provider: { context_length: 200_000, max_completion_tokens: 64_000, is_moderated: false },
    supported_parameters: ['tools', 'tool_choice', 'reasoning', 'response_format', 'structured_outputs'],
  };
}
