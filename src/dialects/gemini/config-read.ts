import { type JsonObject, otherFields } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat, Reasoning, Sampling } from '../../canon/request.ts';
import { boolean, decimal, integer, list, message, object, optional, string } from './field.ts';
import { jsonSchemaOf } from './schema.ts';

const samplingFields = {
  temperature: decimal,
  topP: decimal,
  topK: decimal,
  frequencyPenalty: decimal,
  presencePenalty: decimal,
  seed: integer,
} as const;

const known: ReadonlySet<string> = new Set([
  ...Object.keys(samplingFields),
  'maxOutputTokens',
  'stopSequences',
  'thinkingConfig',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
]);
const formatFields = ['responseMimeType', 'responseSchema', 'responseJsonSchema'] as const;
const thinkingFields: ReadonlySet<string> = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel']);

/** What `generationConfig` says. `ext` is what canon has no place for. */
export interface ReadConfig extends Pick<ChatRequest, 'maxTokens' | 'sampling' | 'stop' | 'reasoning' | 'format'> {
  readonly ext?: JsonObject;
}

/** Reads `generationConfig`, its fields spelt as documented. */
export function readGenerationConfig(config: JsonObject): ReadConfig {
  const path = 'generationConfig';
  const { _responseJsonSchema: old, ...rest } = config;
  const fields: JsonObject = old === undefined ? config : { responseJsonSchema: old, ...rest };
  const maxTokens = optional(fields.maxOutputTokens, `${path}.maxOutputTokens`, integer);
  const stop = optional(fields.stopSequences, `${path}.stopSequences`, (value, at) => list(value, at, string));
  const thinking = optional(fields.thinkingConfig, `${path}.thinkingConfig`, message) ?? {};
  const reasoning = readThinking(thinking, `${path}.thinkingConfig`);
  const format = readFormat(fields, path);
  const ext = {
    ...otherFields(withoutDefaults(fields), known),
    ...(format === undefined && unreadFormat(fields)),
    ...asMember('thinkingConfig', otherFields(thinking, thinkingFields)),
  };
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    sampling: readSampling(fields, path),
    ...(stop !== undefined && { stop }),
    ...(reasoning !== undefined && { reasoning }),
    ...(format !== undefined && { format }),
    ...(Object.keys(ext).length > 0 && { ext }),
  };
}

/** Without what says only what is so anyway. */
function withoutDefaults({ candidateCount, responseLogprobs, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(candidateCount !== 1 && { candidateCount }),
    ...(responseLogprobs !== false && { responseLogprobs }),
  };
}

function asMember(name: string, fields: JsonObject | undefined): JsonObject {
  return fields === undefined ? {} : { [name]: fields };
}

function readSampling(fields: JsonObject, path: string): Sampling {
  const sampling: { [field: string]: number } = {};
  for (const [field, check] of Object.entries(samplingFields)) {
    const value = optional(fields[field], `${path}.${field}`, check);
    if (value !== undefined) sampling[field] = value;
  }
  return sampling;
}

/** A budget of nothing is "off", one of -1 leaves it to the model. */
function readThinking(thinking: JsonObject, path: string): Reasoning | undefined {
  const budget = optional(thinking.thinkingBudget, `${path}.thinkingBudget`, integer);
  const level = optional(thinking.thinkingLevel, `${path}.thinkingLevel`, string)?.toLowerCase();
  const shown = optional(thinking.includeThoughts, `${path}.includeThoughts`, boolean);
  const reasoning: Reasoning = {
    ...(budget !== undefined && readBudget(budget)),
    ...(level !== undefined && level !== 'thinking_level_unspecified' && { effort: level }),
    ...(shown !== undefined && { display: shown ? 'summarized' : 'omitted' }),
  };
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

function readBudget(budget: number): Reasoning {
  if (budget === 0) return { mode: 'off' };
  return budget < 0 ? { mode: 'adaptive' } : { mode: 'budget', budget };
}

function readFormat(fields: JsonObject, path: string): OutputFormat | undefined {
  if (fields.responseMimeType !== 'application/json') return undefined;
  const schema =
    optional(fields.responseJsonSchema, `${path}.responseJsonSchema`, object) ??
    optional(fields.responseSchema, `${path}.responseSchema`, (value, at) => jsonSchemaOf(object(value, at)));
  return schema === undefined ? { type: 'json' } : { type: 'json_schema', schema };
}

/** A form that canon has no word for, such as one of an enumeration's values. Plain text is what comes anyway. */
function unreadFormat(fields: JsonObject): JsonObject {
  const said = formatFields.filter((field) => fields[field] !== undefined && fields[field] !== null);
  if (said.length === 1 && fields.responseMimeType === 'text/plain') return {};
  return Object.fromEntries(said.map((field) => [field, fields[field]]));
}
