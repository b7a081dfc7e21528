import type { JsonObject } from '../../canon/json.ts';
import type { ModelEntry } from '../dialect.ts';

/** One model, as the control plane tells of it. */
export function writeModel(model: ModelEntry): JsonObject {
  return { modelDetails: summaryOf(model) };
}

/** All models, both as foundation models and as the inference profiles that clients look for. */
export function writeModels(models: readonly ModelEntry[]): JsonObject {
  return { modelSummaries: models.map(summaryOf), inferenceProfileSummaries: models.map(profileOf) };
}

function summaryOf({ id, displayName, owner }: ModelEntry): JsonObject {
  return {
    modelArn: `arn:aws:bedrock:::foundation-model/${id}`,
    modelId: id,
    modelName: displayName ?? id,
    providerName: owner ?? 'dragoman',
    inputModalities: ['TEXT'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    inferenceTypesSupported: ['ON_DEMAND'],
    modelLifecycle: { status: 'ACTIVE' },
  };
}

/** A creation date that nobody knows is the epoch. */
function profileOf({ id, displayName, created }: ModelEntry): JsonObject {
  const date = new Date((created ?? 0) * 1000).toISOString();
  return {
    inferenceProfileId: id,
    inferenceProfileArn: `arn:aws:bedrock:::inference-profile/${id}`,
    inferenceProfileName: displayName ?? id,
    models: [{ modelArn: `arn:aws:bedrock:::foundation-model/${id}` }],
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
    createdAt: date,
    updatedAt: date,
  };
}
