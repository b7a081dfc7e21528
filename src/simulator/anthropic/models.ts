import type { JsonObject } from '../json.ts';

const CREATED = '2026-01-01T00:00:00Z';
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** One model. */
export function writeModel(id: string): JsonObject {
  const limits = { max_input_tokens: 200_000, max_tokens: 64_000 };
  return { id, type: 'model', display_name: `${id} (simulated)`, created_at: CREATED, lifecycle: 'active', ...limits };
}

/** One page of the list: `limit`, and `after_id` or `before_id`. */
export function writeModels(ids: readonly string[], query: URLSearchParams): JsonObject {
  const after = query.get('after_id');
  const before = query.get('before_id');
  const limit = Math.min(Math.max(Number(query.get('limit')) || DEFAULT_LIMIT, 1), MAX_LIMIT);
  const end = before === null ? ids.length : Math.max(ids.indexOf(before), 0);
  const back = before === null ? 0 : Math.max(end - limit, 0);
  const start = after === null ? back : ids.indexOf(after) + 1;
  const page = ids.slice(start, Math.min(start + limit, end));
  return {
    data: page.map(writeModel),
    has_more: before === null ? start + page.length < ids.length : start > 0,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}
