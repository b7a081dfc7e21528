import type { EmbedAnswer, EmbedInput, EmbedRequest } from '../../canon/embedding.ts';
import { type JsonObject, otherFields } from '../../canon/json.ts';
import { totalInput } from '../../canon/usage.ts';
import { readTask } from './embed-task.ts';
import { asExt } from './ext.ts';
import { boolean, integer, list, message, optional, string, wrongField } from './field.ts';

/** What one request of the Gemini API says, or all of one of Vertex AI. */
interface Wish {
  readonly input: EmbedInput;
  readonly dimensions?: number;
  readonly truncate?: EmbedRequest['truncate'];
  readonly others?: JsonObject;
}

const knownWishes = new Set([
  'model',
  'stream',
  'content',
  'taskType',
  'title',
  'outputDimensionality',
  'autoTruncate',
  'embedContentConfig',
]);
const knownInstances = new Set(['content', 'taskType', 'title']);
const knownParameters = new Set(['outputDimensionality', 'autoTruncate']);

/** Reads what a client wants vectors of. @param form the method at the end of the path. @throws invalid_request */
export function readEmbedRequest(body: JsonObject, form: string): EmbedRequest {
  const model = string(body['model'], 'model');
  return form === 'predict' ? prediction(body, model) : embedding(body, model, form);
}

function embedding(body: JsonObject, model: string, form: string): EmbedRequest {
  const wishes =
    form === 'batchEmbedContents'
      ? list(body['requests'] ?? [], 'requests', (one, path) => wish(message(one, path), `${path}.`))
      : [wish(message(body, ''), '')];
  const [first] = wishes;
  if (first === undefined) throw wrongField('BatchEmbedContentsRequest.requests', 'at least one is required');
  for (const [i, { dimensions }] of wishes.entries()) {
    if (dimensions === first.dimensions) continue;
    throw wrongField(`requests[${i}].outputDimensionality`, 'must be the same in all requests for this model');
  }
  const { dimensions, truncate, others } = first;
  return {
    from: 'gemini',
    model,
    inputs: wishes.map(({ input }) => input),
    ...(dimensions !== undefined && { dimensions }),
    ...(truncate !== undefined && { truncate }),
    ...asExt(others),
  };
}

/** In Vertex AI what is wished stands in an object of its own. */
function wish(said: JsonObject, path: string): Wish {
  const config = optional(said['embedContentConfig'], `${path}embedContentConfig`, message);
  const fields = { ...said, ...config };
  const dimensions = optional(fields['outputDimensionality'], `${path}outputDimensionality`, integer);
  const others = otherFields(fields, knownWishes);
  return {
    input: { content: textOf(said['content'], `${path}content`), ...wantedFor(fields, path) },
    ...(dimensions !== undefined && { dimensions }),
    ...cutOf(fields['autoTruncate'], `${path}autoTruncate`),
    ...(others !== undefined && { others }),
  };
}

function textOf(content: unknown, path: string): string {
  if (typeof content === 'string') return content;
  const { parts } = message(content, path);
  const texts = list(parts ?? [], `${path}.parts`, (part, at) => {
    const { text, ...rest } = message(part, at);
    if (text === undefined && Object.keys(rest).length > 0)
      throw wrongField(at, 'only text can be embedded by this model');
    return string(text ?? '', `${at}.text`);
  });
  return texts.join('\n');
}

function wantedFor(fields: JsonObject, path: string): Pick<EmbedInput, 'task' | 'title'> {
  const task = readTask(optional(fields['taskType'], `${path}taskType`, string) ?? '');
  const title = optional(fields['title'], `${path}title`, string);
  return { ...(task !== undefined && { task }), ...(title !== undefined && { title }) };
}

function cutOf(value: unknown, path: string): { readonly truncate?: 'none' | 'end' } {
  const automatic = optional(value, path, boolean);
  return automatic === undefined ? {} : { truncate: automatic ? 'end' : 'none' };
}

function prediction(body: JsonObject, model: string): EmbedRequest {
  const instances = list(body['instances'] ?? [], 'instances', message);
  if (instances.length === 0) throw wrongField('instances', 'at least one is required');
  const parameters = optional(body['parameters'], 'parameters', message) ?? {};
  const dimensions = optional(parameters['outputDimensionality'], 'parameters.outputDimensionality', integer);
  const others = {
    ...otherFields(parameters, knownParameters),
    ...instances.map((instance) => otherFields(instance, knownInstances)).find((found) => found !== undefined),
  };
  return {
    from: 'gemini',
    model,
    inputs: instances.map((instance, i) => ({
      content: textOf(instance['content'], `instances[${i}].content`),
      ...wantedFor(instance, `instances[${i}].`),
    })),
    ...(dimensions !== undefined && { dimensions }),
    ...cutOf(parameters['autoTruncate'], 'parameters.autoTruncate'),
    ...asExt(others),
  };
}

/** Writes the vectors as the client's method answers. */
export function writeEmbedResponse(answer: EmbedAnswer, _request: EmbedRequest, form: string): JsonObject {
  const tokens = totalInput(answer.usage);
  const values = answer.vectors.map((vector) => Array.from(vector));
  if (form === 'predict') {
    // Tokens are counted for each text there, but known for all of them together.
    const statistics = { truncated: false, ...(values.length === 1 && { token_count: tokens }) };
    return { predictions: values.map((each) => ({ embeddings: { values: each, statistics } })) };
  }
  const usageMetadata = { promptTokenCount: tokens, totalTokenCount: tokens };
  return form === 'batchEmbedContents'
    ? { embeddings: values.map((each) => ({ values: each })), usageMetadata }
    : { embedding: { values: values[0] ?? [] }, usageMetadata };
}
