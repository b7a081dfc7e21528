import type { JsonObject } from '../json.ts';

/** One model. */
export function writeModel(id: string): JsonObject {
  return {
    name: id,
    is_deprecated: false,
    endpoints: ['chat'],
    finetuned: false,
    context_length: 256_000,
    tokenizer_url: null,
    default_endpoints: [],
    features: ['chat-completions', 'strict_tools', 'tool_choice', 'tools', 'json_mode', 'json_schema', 'reasoning'],
  };
}

/** One page of the list: `page_size`, and `page_token`, which is the number of the first. */
export function writeModels(ids: readonly string[], query: URLSearchParams): JsonObject {
  const endpoint = query.get('endpoint');
  const size = Math.min(Math.max(Number(query.get('page_size')) || 20, 1), 1000);
  const start = Number(query.get('page_token')) || 0;
  const fit = endpoint === null || endpoint === 'chat' ? ids : [];
  const more = start + size < fit.length ? { next_page_token: String(start + size) } : {};
  return { models: fit.slice(start, start + size).map(writeModel), ...more };
}
