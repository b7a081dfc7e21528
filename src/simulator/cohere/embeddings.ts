import type { Asked } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { DIMENSIONS, signBits, vectorOf, wholeNumbers } from '../vector.ts';
import { checkKnown, checkOneOf, listAt, refuse } from './refusal.ts';
import { checkModel, checkRefused } from './validate.ts';

const EMBED_FIELDS =
  'model input_type texts images inputs max_tokens output_dimension embedding_types truncate priority'.split(' ');
const INPUT_TYPES = ['search_document', 'search_query', 'classification', 'clustering', 'image'];
const EMBEDDING_TYPES = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'];
const MAX_TEXTS = 96;

/** The texts and images of a request, each as one text that stands for it. */
export function embeddedTexts(body: JsonObject): string[] {
  const inputs = listOf(body.inputs).map((input) => JSON.stringify(objectOf(input).content ?? ''));
  return [...listOf(body.texts).map(textOf), ...listOf(body.images).map(textOf), ...inputs];
}

/** The vectors of a request by their types. */
export function writeVectors(body: JsonObject, types: readonly string[]): JsonObject {
  const dimensions = numberOf(body.output_dimension) ?? DIMENSIONS;
  const vectors = embeddedTexts(body).map((text) => vectorOf(text, dimensions));
  return Object.fromEntries(types.map((type) => [type, vectors.map((vector) => written(vector, type))]));
}

function written(vector: number[], type: string): number[] | string {
  switch (type) {
    case 'int8':
      return wholeNumbers(vector);
    case 'uint8':
      return wholeNumbers(vector).map((number) => number + 128);
    case 'binary':
      return signBits(vector).map((byte) => byte - 128);
    case 'ubinary':
      return signBits(vector);
    case 'base64':
      return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
    default:
      return vector;
  }
}

/** Refuses what Embed refuses. */
export function checkEmbed(call: IncomingCall): void {
  const { body, rules } = call;
  checkKnown(body, [...EMBED_FIELDS, ...rules.allow]);
  checkModel(call);
  checkRefused(call);
  if (body.input_type === undefined) refuse('valid input_type must be provided with the provided model');
  checkOneOf(body.input_type, INPUT_TYPES, 'input_type');
  checkOneOf(body.truncate, ['NONE', 'START', 'END'], 'truncate');
  const types = body.embedding_types === undefined ? [] : listAt(body.embedding_types, 'embedding_types');
  for (const type of types) checkOneOf(type, EMBEDDING_TYPES, 'embedding_types');
  const { length } = embeddedTexts(body);
  if (length === 0) refuse('at least one of texts, images or inputs must be specified.');
  if (length > MAX_TEXTS) refuse(`at most ${MAX_TEXTS} texts can be embedded at once - received ${length}.`);
}

/** The answer of Embed. */
export function writeEmbeddings({ body, inputTokens }: Asked): JsonObject {
  const types = listOf(body.embedding_types).map(textOf);
  return {
    id: 'simulated',
    texts: [...listOf(body.texts)],
    embeddings: writeVectors(body, types.length === 0 ? ['float'] : types),
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: inputTokens } },
    response_type: 'embeddings_by_type',
  };
}
