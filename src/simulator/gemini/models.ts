import type { JsonObject } from '../json.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** One model. */
export function writeModel(id: string): JsonObject {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: `${id} (simulated)`,
    description: 'A model in a box.',
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
    thinking: true,
  };
}

/** One page of the list: `pageSize` and `pageToken`, which is the place of the next model. */
export function writeModels(ids: readonly string[], query: URLSearchParams): JsonObject {
  const limit = Math.min(Math.max(Number(query.get('pageSize')) || DEFAULT_LIMIT, 1), MAX_LIMIT);
  const start = Math.max(0, Number(query.get('pageToken')) || 0);
  const end = start + limit;
  const more = end < ids.length ? { nextPageToken: String(end) } : {};
  return { models: ids.slice(start, end).map(writeModel), ...more };
}
