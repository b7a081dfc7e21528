import {
  type EmbedAnswer,
  type EmbedRequest,
  embedLosses,
  inputGroups,
  noVectors,
  textOf,
  type Vector,
} from '../../canon/embedding.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { EmbedCall, EmbedSide, WriteOptions } from '../dialect.ts';
import { cohereName } from './name.ts';
import { readUsage } from './usage.ts';

/** Texts in one call. */
const mostTexts = 96;

const inputTypes = new Set(['search_document', 'search_query', 'classification', 'clustering']);
/** What a text is embedded for must be said; most are stored to be found. */
const usualType = 'search_document';
/** Tasks of others by what comes nearest. */
const nearest: ReadonlyMap<string, string> = new Map([
  ['question_answering', 'search_query'],
  ['fact_verification', 'search_query'],
  ['code_query', 'search_query'],
  ['similarity', 'clustering'],
]);

function writeRequests(request: EmbedRequest, _form: string, { lose }: WriteOptions): EmbedCall[] {
  for (const loss of embedLosses(request, cohereName)) lose(loss);
  const { model, inputs, dimensions, truncate, user } = request;
  if (user !== undefined) lose({ what: 'dropped', path: 'user', why: 'Cohere has no word for it' });
  if (inputs.some(({ title }) => title !== undefined)) {
    lose({ what: 'dropped', path: 'title', why: 'Cohere has no word for it' });
  }
  return inputGroups(request, mostTexts, false).map((group) => {
    const { task } = inputs[group[0] ?? 0] ?? {};
    const inputType = task === undefined || inputTypes.has(task) ? task : nearest.get(task);
    if (inputType !== task) lose({ what: 'approximated', path: 'task', why: 'Cohere knows fewer tasks' });
    return {
      body: {
        model,
        input_type: inputType ?? usualType,
        texts: group.map((i) => textOf(request, i)),
        embedding_types: ['float'],
        ...(dimensions !== undefined && { output_dimension: dimensions }),
        ...(truncate !== undefined && { truncate: truncate.toUpperCase() }),
      },
      inputs: group,
    };
  });
}

/** By their types, or as a bare list where no types were asked for. */
function readResponse(body: unknown): EmbedAnswer {
  const answer: JsonObject = isObject(body) ? body : {};
  const { embeddings, meta } = answer;
  const vectors = isObject(embeddings) ? embeddings['float'] : embeddings;
  if (!Array.isArray(vectors) || vectors.length === 0 || !vectors.every((one) => Array.isArray(one))) {
    throw noVectors();
  }
  return { vectors: vectors as Vector[], usage: isObject(meta) ? readUsage(meta) : {} };
}

/** Cohere's Embed, second version of the API. */
export const embed: EmbedSide = { upstream: { writeRequests, readResponse } };
