import type { JsonObject } from '../../canon/json.ts';
import type { ModelEntry } from '../dialect.ts';

/** One model, as OpenAI describes it. */
export function writeModel({ id, created, owner, displayName, contextWindow, maxOutput }: ModelEntry): JsonObject {
  return {
    id,
    object: 'model',
    created: created ?? 0,
    owned_by: owner ?? 'dragoman',
    // Not OpenAI's, but what compatible services add and clients look for.
    ...(displayName !== undefined && { name: displayName }),
    ...(contextWindow !== undefined && { context_length: contextWindow }),
    ...(maxOutput !== undefined && { max_output_tokens: maxOutput }),
  };
}

/** The list, as OpenAI gives it. */
export function writeModels(models: readonly ModelEntry[]): JsonObject {
  return { object: 'list', data: models.map(writeModel) };
}
