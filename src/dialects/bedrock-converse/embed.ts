import {
  type EmbedAnswer,
  type EmbedRequest,
  embedLosses,
  inputGroups,
  noVectors,
  textOf,
  type Vector,
} from '../../canon/embedding.ts';
import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, numberIn, objectsIn } from '../../canon/json.ts';
import type { EmbedCall, EmbedSide, Headers, WriteOptions } from '../dialect.ts';
import { converseName } from './ext.ts';

/** How one maker's models take texts. */
interface Maker {
  /** Texts in one call. */
  readonly most: number;
  /** Whether a call is told one task for all of its texts. */
  readonly byTask: boolean;
  write(request: EmbedRequest, group: readonly number[], options: WriteOptions): JsonObject;
}

const titan: Maker = { most: 1, byTask: false, write: titanBody };
const nova: Maker = { most: 1, byTask: false, write: novaBody };
const cohere: Maker = { most: 96, byTask: true, write: cohereBody };

const makers: readonly (readonly [model: RegExp, maker: Maker])[] = [
  [/titan-embed/, titan],
  [/cohere\.embed/, cohere],
  [/nova.*embed/, nova],
];

/** Writes the bodies of InvokeModel: each maker has its own. */
function writeRequests(request: EmbedRequest, _form: string, options: WriteOptions): EmbedCall[] {
  const { model, inputs, user } = request;
  const maker = makers.find(([pattern]) => pattern.test(model))?.[1];
  if (maker === undefined) {
    const message = `Embeddings of ${model.slice(0, 100)} are not known here: Amazon's Titan and Nova and Cohere's are.`;
    throw new GatewayError('not_supported', message, { param: 'model' });
  }
  for (const loss of embedLosses(request, converseName)) options.lose(loss);
  if (user !== undefined) drop('user', options);
  if (inputs.some(({ title }) => title !== undefined)) drop('title', options);
  // What is lost is the same in every call.
  let told = options;
  return inputGroups(request, maker.most, !maker.byTask).map((group) => {
    const body = maker.write(request, group, told);
    told = { ...options, lose: () => undefined };
    return { body, inputs: group };
  });
}

function drop(path: string, { lose }: WriteOptions): void {
  lose({ what: 'dropped', path, why: 'the model has no word for it' });
}

/** The first Titan knows nothing but the text, the one for images has its length in an object. */
function titanBody(request: EmbedRequest, group: readonly number[], options: WriteOptions): JsonObject {
  const { model, inputs, dimensions, truncate } = request;
  if (inputs.some(({ task }) => task !== undefined)) drop('task', options);
  if (truncate !== undefined) drop('truncate', options);
  const inputText = textOf(request, group[0] ?? 0);
  if (dimensions === undefined) return { inputText };
  if (model.includes('titan-embed-image')) return { inputText, embeddingConfig: { outputEmbeddingLength: dimensions } };
  if (!/titan-embed-(?:text-v1|g1)/.test(model)) return { inputText, dimensions };
  drop('dimensions', options);
  return { inputText };
}

const purposes: { readonly [task: string]: string } = {
  search_query: 'TEXT_RETRIEVAL',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

function novaBody(request: EmbedRequest, group: readonly number[], options: WriteOptions): JsonObject {
  const { inputs, dimensions, truncate = 'none' } = request;
  const { task = 'search_document' } = inputs[group[0] ?? 0] ?? {};
  const purpose = task === 'search_document' ? 'GENERIC_INDEX' : purposes[task];
  if (purpose === undefined) options.lose({ what: 'dropped', path: 'task', why: 'the model knows fewer tasks' });
  return {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: purpose ?? 'GENERIC_INDEX',
      ...(dimensions !== undefined && { embeddingDimension: dimensions }),
      text: { truncationMode: truncate.toUpperCase(), value: textOf(request, group[0] ?? 0) },
    },
  };
}

const inputTypes = new Set(['search_document', 'search_query', 'classification', 'clustering']);

function cohereBody(request: EmbedRequest, group: readonly number[], options: WriteOptions): JsonObject {
  const { model, inputs, dimensions, truncate } = request;
  const task = inputs[group[0] ?? 0]?.task ?? 'search_document';
  const known = inputTypes.has(task);
  if (!known) options.lose({ what: 'approximated', path: 'task', why: 'the model knows fewer tasks' });
  // The third generation has vectors of one length.
  const fixed = model.includes('-v3');
  if (fixed && dimensions !== undefined) drop('dimensions', options);
  return {
    texts: group.map((i) => textOf(request, i)),
    input_type: known ? task : 'search_document',
    embedding_types: ['float'],
    ...(dimensions !== undefined && !fixed && { output_dimension: dimensions }),
    ...(truncate !== undefined && { truncate: truncate.toUpperCase() }),
  };
}

function readResponse(body: unknown, headers: Headers): EmbedAnswer {
  const answer: JsonObject = isObject(body) ? body : {};
  const vectors = vectorsIn(answer);
  if (vectors.length === 0) throw noVectors();
  const tokens = numberIn(answer['inputTextTokenCount']) ?? counted(headers['x-amzn-bedrock-input-token-count']);
  return { vectors, usage: tokens === undefined ? {} : { input: tokens } };
}

/** Titan's one, Nova's objects, Cohere's by type or bare. */
function vectorsIn({ embedding, embeddings }: JsonObject): Vector[] {
  const list = isObject(embeddings) ? embeddings['float'] : embeddings;
  const said = objectsIn(list).length > 0 ? objectsIn(list).map((each) => each['embedding']) : list;
  const all: unknown[] = Array.isArray(said) ? said : [embedding];
  return all.every((one) => Array.isArray(one)) ? (all as Vector[]) : [];
}

function counted(header: string | undefined): number | undefined {
  const tokens = Number(header);
  return header !== undefined && Number.isInteger(tokens) ? tokens : undefined;
}

/** Embeddings by Bedrock's InvokeModel. */
export const embed: EmbedSide = { upstream: { writeRequests, readResponse } };
