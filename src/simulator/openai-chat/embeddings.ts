import { type Asked, completeAsked } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { type Json, type JsonObject, listOf, numberOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { DIMENSIONS, vectorOf } from '../vector.ts';
import { extraFields, flavorOf, modelInPath } from './flavor.ts';
import { checkOneOf, checkRefused, refuse, refuseType } from './refusal.ts';

const PATH = /(?:^|\/)embeddings$/;
const FIELDS = 'model input dimensions encoding_format user'.split(' ');
const MAX_INPUTS = 2048;

/** True for the path of Embeddings. */
export function isEmbeddings(path: string): boolean {
  return PATH.test(path);
}

/** One text or the tokens of one count as one; each as a text that stands for it. */
function inputsOf(body: JsonObject): string[] {
  const { input } = body;
  if (typeof input === 'string') return [input];
  const list = listOf(input);
  const tokens = list.length > 0 && list.every((one) => typeof one === 'number');
  return (tokens ? [list as Json] : list).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

/** Refuses what Embeddings refuses. */
export function checkEmbeddings(call: IncomingCall): void {
  const { body, rules } = call;
  const extra = extraFields(flavorOf(call), rules);
  const unknown = Object.keys(body).find((name) => !FIELDS.includes(name) && extra?.includes(name) === false);
  if (unknown !== undefined) refuse(`Unrecognized request argument supplied: ${unknown}`);
  const model = textOf(body.model) || (modelInPath(call.path) ?? '');
  if (model === '') refuse('you must provide a model parameter');
  if (rules.models?.includes(model) === false)
    refuse(`The model \`${model}\` does not exist.`, null, 'model_not_found');
  checkRefused(body, rules.refuse.fields);
  if (body.encoding_format !== undefined) checkOneOf(body.encoding_format, ['float', 'base64'], 'encoding_format');
  if (body.input === undefined) refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  if (typeof body.input !== 'string' && !Array.isArray(body.input))
    refuseType('input', 'a string or array', body.input);
  const inputs = inputsOf(body);
  if (inputs.length === 0 || inputs.includes('')) refuse("'$.input' is invalid. Please check the API reference.");
  if (inputs.length > MAX_INPUTS)
    refuse(`Invalid 'input': array too long. At most ${MAX_INPUTS} are allowed.`, 'input');
}

/** A request for vectors in neutral words: nobody speaks in it. */
export function readEmbeddings(call: IncomingCall): Asked {
  const { body } = call;
  return completeAsked({
    operation: call.operation,
    dialect: 'openai-chat',
    model: textOf(body.model) || (modelInPath(call.path) ?? ''),
    stream: false,
    stopSequences: [],
    system: '',
    turns: [],
    tools: [],
    mustThink: false,
    inputTokens: estimateTokens(body.input),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body,
  });
}

/** The vectors, as numbers or as base64. */
export function writeEmbeddings({ body, model, inputTokens }: Asked): JsonObject {
  // Some compatible services have the other name; `allow` lets it in.
  const dimensions = numberOf(body.dimensions) ?? numberOf(body.output_dimension) ?? DIMENSIONS;
  const data = inputsOf(body).map((text, index) => {
    const vector = vectorOf(text, dimensions);
    const bytes = Buffer.from(Float32Array.from(vector).buffer);
    return {
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? bytes.toString('base64') : vector,
    };
  });
  return { object: 'list', data, model, usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } };
}
