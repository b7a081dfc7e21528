import type { JsonObject } from '../../canon/json.ts';
import type { ModelEntry } from '../dialect.ts';

/** What can be asked of every model here. */
const methods: readonly string[] = ['generateContent', 'streamGenerateContent', 'countTokens'];

/** One model. Its window is told as the longest prompt, as Google has it. */
export function writeModel({ id, displayName, contextWindow, maxOutput }: ModelEntry): JsonObject {
  return {
    name: `models/${id}`,
    baseModelId: id,
    version: '001',
    displayName: displayName ?? id,
    ...(contextWindow !== undefined && { inputTokenLimit: contextWindow }),
    ...(maxOutput !== undefined && { outputTokenLimit: maxOutput }),
    supportedGenerationMethods: methods,
  };
}

/** All models, on one page. */
export function writeModels(models: readonly ModelEntry[]): JsonObject {
  return { models: models.map(writeModel) };
}
