import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { refuse, refuseField, snake } from './refusal.ts';
import { declarationsOf, isOld } from './request.ts';
import { checkSchema } from './schema.ts';

const MAX_STOPS = 5;

/** Numbers with bounds: name, least, most. */
const RANGES: readonly (readonly [string, number, number])[] = [
  ['temperature', 0, 2],
  ['topP', 0, 1],
  ['presencePenalty', -2, 2],
  ['frequencyPenalty', -2, 2],
  ['candidateCount', 1, 8],
];

/** Budgets of thinking that a model takes, in tokens; -1 lets it decide. */
const BUDGETS: readonly (readonly [RegExp, number, number])[] = [
  [/gemini-2\.5-pro/, 128, 32_768],
  [/gemini-2\.5-flash-lite/, 512, 24_576],
  [/gemini-2\.5-flash/, 1, 24_576],
];

/** Refuses settings of the generation that the service refuses. */
export function checkConfig(request: JsonObject, model: string, vertex: boolean): void {
  const config = objectOf(request.generationConfig);
  for (const [name, least, most] of RANGES) checkRange(config, name, least, most, vertex);
  if (config.maxOutputTokens !== undefined && Number(config.maxOutputTokens) < 1) {
    refuseField('generation_config.max_output_tokens', 'max_output_tokens must be positive.');
  }
  if (config.topK !== undefined && Number(config.topK) < 1) {
    refuseField('generation_config.top_k', 'top_k must be positive.');
  }
  checkStops(listOf(config.stopSequences), vertex);
  checkThinking(objectOf(config.thinkingConfig), model);
  checkFormat(config, request, model);
}

function checkRange(config: JsonObject, name: string, least: number, most: number, vertex: boolean): void {
  const value = numberOf(config[name]);
  if (value === undefined || (value >= least && value <= most)) return;
  if (vertex) {
    refuse(
      `Unable to submit request because it has a ${name} value of ${value} but the supported range is from ${least} ` +
        `(inclusive) to ${most.toFixed(1)} (inclusive). Update the value and try again.`,
    );
  }
  const words = `${snake(name)} must be in the range [${least.toFixed(1)}, ${most.toFixed(1)}].`;
  refuseField(`generation_config.${snake(name)}`, words);
}

function checkStops(stops: readonly Json[], vertex: boolean): void {
  if (stops.length > MAX_STOPS) {
    if (vertex) {
      refuse(
        `Unable to submit request because it has a stopSequences value of ${stops.length} but the supported range is ` +
          `from 1 (inclusive) to ${MAX_STOPS + 1} (exclusive). Update the value and try again.`,
      );
    }
    refuseField('generation_config.stop_sequences', `at most ${MAX_STOPS} stop sequences may be specified.`);
  }
  if (stops.includes('')) refuseField('generation_config.stop_sequences', 'a stop sequence must not be empty.');
}

function checkThinking(thinking: JsonObject, model: string): void {
  const { thinkingLevel: level, includeThoughts: include } = thinking;
  const budget = thinking.thinkingBudget === undefined ? undefined : Number(thinking.thinkingBudget);
  if (budget !== undefined && level !== undefined) {
    refuse('You can only set only one of thinking budget and thinking level.');
  }
  if (level !== undefined && isOld(model)) refuse('Thinking level is not supported for this model.');
  if (textOf(level).toUpperCase() === 'MINIMAL' && /gemini-3(?:\.\d)?-pro/.test(model)) {
    refuse(`Thinking level ${textOf(level)} is not supported for this model. Please retry with other thinking level.`);
  }
  if (budget === undefined) return;
  if (budget === 0 && include === true) {
    refuse('Thinking_config.include_thoughts is only enabled when thinking is enabled.');
  }
  const [, least, most] = BUDGETS.find(([name]) => name.test(model)) ?? [undefined, 0, 65_536];
  if (budget === -1 || (budget >= least && budget <= most)) return;
  if (budget === 0) {
    if (/gemini-2\.5-flash/.test(model)) return;
    refuse('Budget 0 is invalid. This model only works in thinking mode.');
  }
  refuse(`The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`);
}

function checkFormat(config: JsonObject, request: JsonObject, model: string): void {
  const { responseMimeType: mime = '', responseSchema: schema, responseJsonSchema: jsonSchema } = config;
  const type = textOf(mime);
  if (!['', 'text/plain', 'application/json', 'text/x.enum'].includes(type)) {
    refuseField(
      'generation_config.response_mime_type',
      'allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.',
    );
  }
  if (schema !== undefined && jsonSchema !== undefined) {
    refuse('Only one of response_schema and response_json_schema may be set.');
  }
  if ((schema !== undefined || jsonSchema !== undefined) && (type === '' || type === 'text/plain')) {
    refuse(`Response schema with response mime type: '${type || 'text/plain'}' is unsupported`);
  }
  if (isObject(schema)) checkSchema(schema, 'generation_config.response_schema');
  if (isOld(model) && type === 'application/json' && declarationsOf(request).length > 0) {
    refuse("Function calling with a response mime type: 'application/json' is unsupported");
  }
}
