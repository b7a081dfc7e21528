import type { JsonObject } from '../../canon/json.ts';
import type { ModelEntry } from '../dialect.ts';

/** One model, with the two limits that some servers add to OpenAI's fields. */
export function writeModel({ id, created, owner, contextWindow, maxOutput }: ModelEntry): JsonObject {
  return {
    id,
    object: 'model',
    created: created ?? 0,
    owned_by: owner ?? 'system',
    ...(contextWindow !== undefined && { context_window: contextWindow }),
    ...(maxOutput !== undefined && { max_output_tokens: maxOutput }),
  };
}

/** All models. */
export function writeModels(models: readonly ModelEntry[]): JsonObject {
  return { object: 'list', data: models.map(writeModel) };
}
