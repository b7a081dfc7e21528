import {
  type EmbedAnswer,
  type EmbedRequest,
  embedLosses,
  inputGroups,
  noVectors,
  textOf,
  type Vector,
} from '../../canon/embedding.ts';
import { isObject, type JsonObject, numberIn, objectsIn, parseJson } from '../../canon/json.ts';
import type { Usage } from '../../canon/usage.ts';
import type { EmbedCall, EmbedSide, WriteOptions } from '../dialect.ts';
import { readEmbedRequest, writeEmbedResponse } from './embed-read.ts';
import { writeTask } from './embed-task.ts';
import { usageIn } from './usage.ts';

/** Texts in one call: of the Gemini API, and of Vertex AI's older models. */
const mostRequests = 100;
const mostInstances = 250;

/**
 * Writes the calls. The Gemini API takes many requests in one, each with a task of its own; in Vertex AI some models take
 * instances (`predict`), and one alone where they are of the newer sort, others one content (`vertex.embedContent`).
 */
function writeRequests(request: EmbedRequest, form: string, options: WriteOptions): EmbedCall[] {
  for (const loss of embedLosses(request, 'gemini')) options.lose(loss);
  if (request.user !== undefined) drop('user', options);
  for (const { task } of request.inputs) {
    if (task !== undefined && writeTask(task) === undefined) drop('task', options);
  }
  if (form === 'predict') return predictions(request);
  if (form === 'batchEmbedContents') {
    if (request.truncate !== undefined) drop('truncate', options);
    return inputGroups(request, mostRequests, true).map((inputs) => ({
      body: { requests: inputs.map((i) => ({ ...content(request, i, true), ...wishes(request, i) })) },
      inputs,
    }));
  }
  return request.inputs.map((_, i) => {
    const config = { ...wishes(request, i), ...cut(request) };
    const said = Object.keys(config).length > 0;
    return { body: { ...content(request, i, false), ...(said && { embedContentConfig: config }) }, inputs: [i] };
  });
}

function drop(path: string, { lose }: WriteOptions): void {
  lose({ what: 'dropped', path, why: 'Gemini has no word for it' });
}

function content(request: EmbedRequest, i: number, named: boolean): JsonObject {
  return { ...(named && { model: `models/${request.model}` }), content: { parts: [{ text: textOf(request, i) }] } };
}

function wishes({ inputs, dimensions }: EmbedRequest, i: number): JsonObject {
  const { task, title } = inputs[i] ?? {};
  const taskType = task === undefined ? undefined : writeTask(task);
  return {
    ...(taskType !== undefined && { taskType }),
    ...(title !== undefined && { title }),
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  };
}

function cut({ truncate }: EmbedRequest): JsonObject {
  return truncate === undefined ? {} : { autoTruncate: truncate !== 'none' };
}

function predictions(request: EmbedRequest): EmbedCall[] {
  const { model, inputs, dimensions } = request;
  const parameters: JsonObject = {
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    ...cut(request),
  };
  const most = model.includes('gemini') ? 1 : mostInstances;
  return inputGroups(request, most, true).map((group) => ({
    body: {
      instances: group.map((i) => {
        const { task, title } = inputs[i] ?? {};
        const taskType = task === undefined ? undefined : writeTask(task);
        return {
          content: textOf(request, i),
          ...(taskType !== undefined && { task_type: taskType }),
          ...(title !== undefined && { title }),
        };
      }),
      ...(Object.keys(parameters).length > 0 && { parameters }),
    },
    inputs: group,
  }));
}

function readResponse(body: unknown): EmbedAnswer {
  const answer = isObject(body) ? body : {};
  const one = isObject(answer['embedding']) ? [answer['embedding']] : [];
  const predicted = objectsIn(answer['predictions']).map(({ embeddings }) => (isObject(embeddings) ? embeddings : {}));
  const found = [...one, ...objectsIn(answer['embeddings']), ...predicted];
  if (found.length === 0) throw noVectors();
  return { vectors: found.map(vectorOf), usage: usageIn(answer) ?? counted(found) };
}

function vectorOf({ values }: JsonObject): Vector {
  if (!Array.isArray(values)) throw noVectors();
  return values as number[];
}

/** Vertex AI counts the tokens of each text. */
function counted(embeddings: readonly JsonObject[]): Usage {
  const counts = embeddings.map(({ statistics }) =>
    isObject(statistics) ? (numberIn(statistics['token_count']) ?? numberIn(statistics['tokenCount'])) : undefined,
  );
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? {} : { input: known.reduce((sum, count) => sum + count, 0) };
}

/** Each request of a batch names the model once more. */
function amend(body: JsonObject, model: string): boolean {
  const name = `models/${model}`;
  let changed = body['model'] !== undefined && body['model'] !== name;
  if (changed) body['model'] = name;
  for (const request of objectsIn(body['requests'])) {
    if (request['model'] === name) continue;
    request['model'] = name;
    changed = true;
  }
  return changed;
}

function usageOf(answer: Buffer): Usage {
  try {
    return readResponse(parseJson(answer.toString())).usage;
  } catch {
    return {};
  }
}

/** Google's embedContent, batchEmbedContents and predict. */
export const embed: EmbedSide = {
  upstream: { writeRequests, readResponse },
  client: { readRequest: readEmbedRequest, writeResponse: writeEmbedResponse },
  pass: { amend, usageOf },
};
