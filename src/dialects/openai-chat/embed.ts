import {
  base64Of,
  type EmbedAnswer,
  type EmbedInput,
  type EmbedRequest,
  type EmbedTask,
  embedLosses,
  noVectors,
  type Vector,
  vectorIn,
} from '../../canon/embedding.ts';
import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, numberIn, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import { totalInput } from '../../canon/usage.ts';
import type { EmbedCall, EmbedSide, WriteOptions } from '../dialect.ts';
import { count, missingField, optional, required, string, unknownValue, wrongType } from './fields.ts';
import { pass } from './pass.ts';
import { readUsage } from './usage.ts';

/** Inputs that one request may have. */
const mostInputs = 2048;

const known = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'input_type']);
const encodings = ['float', 'base64'] as const;

/** Compatible services have a field for the task, each with its own words. */
const tasks: { readonly [word: string]: EmbedTask } = {
  query: 'search_query',
  passage: 'search_document',
  document: 'search_document',
};

function readRequest(body: JsonObject): EmbedRequest {
  const dimensions = optional(body, 'dimensions', count);
  const encoding = optional(body, 'encoding_format', encodingOf);
  const user = optional(body, 'user', string);
  const word = optional(body, 'input_type', string);
  const task = word === undefined ? undefined : (tasks[word] ?? word);
  const rest = otherFields(body, known);
  return {
    from: 'openai-chat',
    model: required(body, 'model', string),
    inputs: inputsIn(body['input']).map((content) => (task === undefined ? { content } : { content, task })),
    ...(dimensions !== undefined && { dimensions }),
    ...(encoding !== undefined && { encoding }),
    ...(user !== undefined && { user }),
    ...(rest !== undefined && { ext: { 'openai-chat': rest } }),
  };
}

function encodingOf(value: unknown, param: string): 'float' | 'base64' {
  const text = string(value, param);
  const encoding = encodings.find((one) => one === text);
  if (encoding === undefined) throw unknownValue(param, text, encodings);
  return encoding;
}

/** One text, several of them, the tokens of one, or those of several. */
function inputsIn(input: unknown): EmbedInput['content'][] {
  if (input === undefined) throw missingField('input');
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array', input);
  if (input.length === 0) throw emptyInput();
  if (input.every((one) => typeof one === 'number')) return [input];
  return input.map((one: unknown, i) => {
    if (typeof one === 'string') return one;
    if (Array.isArray(one) && one.every((token) => Number.isInteger(token))) return one as number[];
    throw wrongType(`input[${i}]`, 'a string or an array of integers', one);
  });
}

function emptyInput(): GatewayError {
  return new GatewayError('invalid_request', "Invalid 'input': empty array. Expected an array with minimum length 1.", {
    param: 'input',
    code: 'empty_array',
  });
}

function writeResponse(answer: EmbedAnswer, { model, encoding }: EmbedRequest): JsonObject {
  const tokens = totalInput(answer.usage);
  return {
    object: 'list',
    data: answer.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(vector) : Array.from(vector),
    })),
    model: answer.model ?? model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function writeRequests(request: EmbedRequest, _form: string, { quirks, lose }: WriteOptions): EmbedCall[] {
  for (const loss of embedLosses(request, 'openai-chat')) lose(loss);
  const { model, inputs, dimensions, user } = request;
  const drop = (path: string): void => lose({ what: 'dropped', path, why: 'OpenAI has no word for it' });
  if (inputs.some(({ task }) => task !== undefined)) drop('task');
  if (inputs.some(({ title }) => title !== undefined)) drop('title');
  if (request.truncate !== undefined) drop('truncate');
  const calls: EmbedCall[] = [];
  for (let from = 0; from < inputs.length; from += mostInputs) {
    const part = inputs.slice(from, from + mostInputs);
    const body: JsonObject = {
      model,
      input: part.map(({ content }) => content),
      ...(dimensions !== undefined && { dimensions }),
      ...(user !== undefined && { user }),
    };
    amend(body, model, { quirks, lose: from === 0 ? lose : () => undefined });
    calls.push({ body, inputs: part.map((_, i) => from + i) });
  }
  return calls;
}

function amend(body: JsonObject, _model: string, { quirks, lose }: WriteOptions): boolean {
  let changed = false;
  const name = quirks.dimensions ?? 'dimensions';
  if (name !== 'dimensions' && body['dimensions'] !== undefined) {
    body[name] ??= body['dimensions'];
    delete body['dimensions'];
    changed = true;
  }
  for (const field of quirks.refuses ?? []) {
    // A vector of another length is no answer to what was asked.
    if (field === name || !Object.hasOwn(body, field)) continue;
    delete body[field];
    lose({ what: 'dropped', path: field, why: 'the provider refuses it' });
    changed = true;
  }
  return changed;
}

function readResponse(body: unknown): EmbedAnswer {
  const data = objectsIn(isObject(body) ? body['data'] : undefined);
  if (!isObject(body) || data.length === 0) throw noVectors();
  const { usage } = body;
  const model = stringIn(body['model']);
  return {
    vectors: inOrder(data).map(({ embedding }) => vectorOf(embedding)),
    usage: isObject(usage) ? readUsage(usage) : {},
    ...(model !== undefined && { model }),
  };
}

function inOrder(data: readonly JsonObject[]): readonly JsonObject[] {
  const place = (entry: JsonObject): number => numberIn(entry['index']) ?? 0;
  return data.toSorted((a, b) => place(a) - place(b));
}

function vectorOf(embedding: unknown): Vector {
  if (typeof embedding === 'string') return vectorIn(embedding);
  if (!Array.isArray(embedding)) throw noVectors();
  return embedding as number[];
}

/** How far into an answer its first vector begins, bytes. */
const headBytes = 64 * 1024;

/** Many compatible servers give numbers whatever they are asked for; clients that asked for base64 would read nonsense. */
function corrected(answer: Buffer, asked: JsonObject): JsonObject | undefined {
  const head = answer.toString('latin1', 0, headBytes);
  const first = /"embedding"\s*:\s*(["[])/.exec(head)?.[1];
  const wanted = asked['encoding_format'] === 'base64' ? '"' : '[';
  if (first === undefined || first === wanted) return undefined;
  const body: unknown = JSON.parse(answer.toString());
  if (!isObject(body)) return undefined;
  const data = objectsIn(body['data']).map(({ embedding, ...entry }) => ({
    ...entry,
    embedding: wanted === '"' ? base64Of(vectorOf(embedding)) : Array.from(vectorOf(embedding)),
  }));
  return { ...body, data };
}

/** OpenAI's Embeddings, and what compatible servers make of it. */
export const embed: EmbedSide = {
  upstream: { tokens: true, writeRequests, readResponse },
  client: { readRequest, writeResponse },
  pass: { amend, corrected, usageOf: pass.usageOf },
};
