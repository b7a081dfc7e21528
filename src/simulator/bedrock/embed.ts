import { type Asked, completeAsked } from '../asked.ts';
import { embeddedTexts, writeVectors } from '../cohere/embeddings.ts';
import type { IncomingCall } from '../dialect.ts';
import { type JsonObject, listOf, numberOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { DIMENSIONS, vectorOf } from '../vector.ts';
import { refuse } from './refusal.ts';

const TITAN = /amazon\.titan-embed/;
const COHERE = /cohere\.embed/;
const TITAN_FIELDS = 'inputText dimensions normalize embeddingTypes'.split(' ');
const COHERE_FIELDS = 'texts images inputs input_type truncate embedding_types output_dimension max_tokens'.split(' ');
const INPUT_TYPES = ['search_document', 'search_query', 'classification', 'clustering', 'image'];
const MAX_TEXTS = 96;

/** True for a model that makes vectors. */
export function isEmbedder(model: string): boolean {
  return TITAN.test(model) || COHERE.test(model);
}

function malformed(what: string): never {
  return refuse(`Malformed input request: ${what}, please reformat your input and try again.`);
}

/** Refuses what Amazon's Titan and Cohere's Embed refuse. */
export function checkEmbedding({ body, model = '' }: IncomingCall): void {
  const known = TITAN.test(model) ? TITAN_FIELDS : COHERE_FIELDS;
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) malformed(`#: extraneous key [${unknown}] is not permitted`);
  if (TITAN.test(model)) {
    if (typeof body.inputText !== 'string') malformed('#: required key [inputText] not found');
    if (body.inputText === '') malformed('#/inputText: expected minLength: 1, actual: 0');
    return;
  }
  if (!INPUT_TYPES.includes(textOf(body.input_type))) {
    malformed(`#/input_type: ${JSON.stringify(body.input_type ?? null)} is not a valid enum value`);
  }
  const { length } = embeddedTexts(body);
  if (length === 0) malformed('#: required key [texts] not found');
  if (length > MAX_TEXTS) malformed(`#/texts: expected maximum item count: ${MAX_TEXTS}, found: ${length}`);
}

/** A request for vectors in neutral words: nobody speaks in it. */
export function readEmbedding(call: IncomingCall): Asked {
  const { body } = call;
  return completeAsked({
    operation: call.operation,
    dialect: 'bedrock-invoke',
    model: call.model ?? '',
    stream: false,
    stopSequences: [],
    system: '',
    turns: [],
    tools: [],
    mustThink: false,
    inputTokens: estimateTokens(body.inputText ?? embeddedTexts(body)),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body,
  });
}

/** The vectors, as the model that was asked writes them. */
export function writeEmbeddings({ body, model, inputTokens }: Asked): JsonObject {
  if (COHERE.test(model)) {
    const types = listOf(body.embedding_types).map(textOf);
    const vectors = writeVectors(body, types.length === 0 ? ['float'] : types);
    return {
      id: 'simulated',
      texts: [...listOf(body.texts)],
      embeddings: types.length === 0 ? vectors.float : vectors,
      response_type: types.length === 0 ? 'embeddings_floats' : 'embeddings_by_type',
    };
  }
  const embedding = vectorOf(textOf(body.inputText), numberOf(body.dimensions) ?? DIMENSIONS);
  return { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: inputTokens };
}
