import type { JsonObject } from '../json.ts';

const REGION = 'us-east-1';
const CREATED = '2026-01-01T00:00:00Z';

/** One model of the list of foundation models. */
function writeSummary(id: string): JsonObject {
  return {
    modelArn: `arn:aws:bedrock:${REGION}::foundation-model/${id}`,
    modelId: id,
    modelName: `${id} (simulated)`,
    providerName: 'Dragoman',
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    customizationsSupported: [],
    inferenceTypesSupported: ['ON_DEMAND'],
    modelLifecycle: { status: 'ACTIVE' },
  };
}

/** The list of foundation models; there are no pages. */
export function writeModels(ids: readonly string[]): JsonObject {
  return { modelSummaries: ids.map(writeSummary) };
}

/** One foundation model. */
export function writeModel(id: string): JsonObject {
  return { modelDetails: writeSummary(id) };
}

/** One inference profile. */
export function writeProfile(id: string): JsonObject {
  return {
    inferenceProfileId: id,
    inferenceProfileName: `${id} (simulated)`,
    inferenceProfileArn: `arn:aws:bedrock:${REGION}:123456789012:inference-profile/${id}`,
    description: 'A simulated model.',
    models: [{ modelArn: `arn:aws:bedrock:${REGION}::foundation-model/${id.replace(/^(us|eu|apac|global)\./, '')}` }],
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
    createdAt: CREATED,
    updatedAt: CREATED,
  };
}

/** The inference profiles that come with the service; nobody has made one of their own. */
export function writeProfiles(ids: readonly string[], query: URLSearchParams): JsonObject {
  const type = query.get('type') ?? query.get('typeEquals');
  return { inferenceProfileSummaries: type === 'APPLICATION' ? [] : ids.map(writeProfile) };
}
