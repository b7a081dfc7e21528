import type { JsonObject } from '../../canon/json.ts';
import type { ModelEntry } from '../dialect.ts';

/** One model. A release date that nobody knows is the epoch, as the service has it. */
export function writeModel({ id, displayName, created, contextWindow, maxOutput }: ModelEntry): JsonObject {
  return {
    type: 'model',
    id,
    display_name: displayName ?? id,
    created_at: new Date((created ?? 0) * 1000).toISOString().replace('.000Z', 'Z'),
    ...(contextWindow !== undefined && { max_input_tokens: contextWindow }),
    ...(maxOutput !== undefined && { max_tokens: maxOutput }),
  };
}

/** All models, on one page. */
export function writeModels(models: readonly ModelEntry[]): JsonObject {
  return {
    data: models.map(writeModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
