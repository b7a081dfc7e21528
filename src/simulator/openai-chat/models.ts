import type { JsonObject } from '../json.ts';
import type { Rules } from '../scenario.ts';

const CREATED = 1_767_225_600;

/** One model; OpenRouter tells more about it. */
export function writeModel(id: string, rules: Rules): JsonObject {
  const model = { id, object: 'model', created: CREATED, owned_by: 'dragoman-simulator' };
  if (rules.flavor !== 'openrouter') return model;
  return {
    ...model,
    name: `${id} (simulated)`,
    context_length: 200_000,
    pricing: { prompt: '0', completion: '0' },
    top_provider: { context_length: 200_000, max_completion_tokens: 64_000, is_moderated: false },
    supported_parameters: ['tools', 'tool_choice', 'reasoning', 'response_format', 'structured_outputs'],
  };
}

/** The whole list; there are no pages. */
export function writeModels(ids: readonly string[], rules: Rules): JsonObject {
  return { object: 'list', data: ids.map((id) => writeModel(id, rules)) };
}
