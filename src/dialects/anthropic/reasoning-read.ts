import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import type { OutputFormat, Reasoning } from '../../canon/request.ts';
import { dotted } from './ext.ts';
import { isAbsent, optional, requiredCount, requiredObject, requiredString, wrongField } from './field.ts';

const thinkingFields: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display']);
const outputFields: ReadonlySet<string> = new Set(['effort', 'format']);
const modes: ReadonlyMap<string, Reasoning['mode']> = new Map([
  ['enabled', 'budget'],
  ['disabled', 'off'],
]);

/** What `thinking`, `output_config` and `output_format` say. `others` has what canon has no place for, under dotted names. */
export interface ReadOutput {
  readonly reasoning?: Reasoning;
  readonly format?: OutputFormat;
  readonly others: JsonObject;
}

/** How the model shall think, and in what form it shall answer. */
export function readOutput(body: JsonObject): ReadOutput {
  const thinking = optional(body.thinking, 'thinking', requiredObject) ?? {};
  const config = optional(body.output_config, 'output_config', requiredObject) ?? {};
  const reasoning = { ...readThinking(thinking), ...readEffort(config.effort) };
  if (!isAbsent(config.format) && !isAbsent(body.output_format)) {
    throw wrongField('output_format', 'Cannot be given together with output_config.format');
  }
  const format = readFormat(config.format ?? body.output_format);
  const unread = format === undefined && !isAbsent(config.format ?? body.output_format);
  return {
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(format !== undefined && { format }),
    others: {
      ...dotted('thinking', otherFields(thinking, thinkingFields)),
      ...dotted('output_config', otherFields(config, outputFields)),
      ...(unread && { 'output_config.format': config.format ?? body.output_format }),
    },
  };
}

function readThinking(thinking: JsonObject): Reasoning {
  if (Object.keys(thinking).length === 0) return {};
  const type = requiredString(thinking.type, 'thinking.type');
  const display = optional(thinking.display, 'thinking.display', requiredString);
  const budget =
    type === 'enabled'
      ? requiredCount(thinking.budget_tokens, 'thinking.budget_tokens')
      : optional(thinking.budget_tokens, 'thinking.budget_tokens', requiredCount);
  return {
    mode: modes.get(type) ?? type,
    ...(budget !== undefined && { budget }),
    ...(display !== undefined && { display }),
  };
}

function readEffort(value: unknown): Reasoning {
  const effort = optional(value, 'output_config.effort', requiredString);
  return effort === undefined ? {} : { effort };
}

function readFormat(value: unknown): OutputFormat | undefined {
  if (!isObject(value) || value.type !== 'json_schema' || !isObject(value.schema)) return undefined;
  const name = stringIn(value.name);
  return { type: 'json_schema', schema: value.schema, ...(name !== undefined && { name }) };
}
