import { type Asked, completeAsked } from '../asked.ts';
import type { Address, IncomingCall } from '../dialect.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { DIMENSIONS, vectorOf } from '../vector.ts';
import { isVertex } from './path.ts';
import { refuse } from './refusal.ts';
import { checkShape } from './shape.ts';

const PATH = /\/(?:models|tunedModels)\/([^/]+):(embedContent|batchEmbedContents|predict)$/;
const TASKS =
  'TASK_TYPE_UNSPECIFIED RETRIEVAL_QUERY RETRIEVAL_DOCUMENT SEMANTIC_SIMILARITY CLASSIFICATION CLUSTERING QUESTION_ANSWERING FACT_VERIFICATION CODE_RETRIEVAL_QUERY'.split(
    ' ',
  );
const MAX_BATCH = 100;
const MAX_INSTANCES = 250;

/** A text to be embedded, and how. */
interface Wish {
  readonly text: string;
  readonly task: string;
  readonly dimensions: number;
}

/** What a path asks for; undefined when it is not one of the methods that make vectors. */
export function embedAddress(path: string): Address | undefined {
  const [, model = '', method] = PATH.exec(path) ?? [];
  const elsewhere = isVertex(path) ? 'batchEmbedContents' : 'predict';
  if (method === undefined || method === elsewhere) return undefined;
  return { operation: 'embed', model: decodeURIComponent(model), stream: false };
}

function methodOf(path: string): string {
  return PATH.exec(path)?.[2] ?? '';
}

function wishesOf({ body, path }: Pick<IncomingCall, 'body' | 'path'>): Wish[] {
  if (methodOf(path) === 'predict') {
    const dimensions = numberOf(objectOf(body.parameters).outputDimensionality) ?? DIMENSIONS;
    return listOf(body.instances)
      .map(objectOf)
      .map(({ content, task_type: task }) => ({ text: textOf(content), task: textOf(task), dimensions }));
  }
  const requests = methodOf(path) === 'batchEmbedContents' ? listOf(body.requests).map(objectOf) : [body];
  return requests.map((request) => {
    const fields = { ...request, ...objectOf(request.embedContentConfig) };
    const parts = listOf(objectOf(request.content).parts).map(objectOf);
    return {
      text: parts.map(({ text }) => textOf(text)).join(''),
      task: textOf(fields.taskType),
      dimensions: numberOf(fields.outputDimensionality) ?? DIMENSIONS,
    };
  });
}

const MESSAGE_OF: Readonly<Record<string, string>> = {
  embedContent: 'EmbedContentRequest',
  batchEmbedContents: 'BatchEmbedContentsRequest',
  predict: 'PredictRequest',
};

/** Refuses what Google refuses. */
export function checkEmbedding(call: IncomingCall): void {
  const { body, path, model = '' } = call;
  const method = methodOf(path);
  checkShape(body, MESSAGE_OF[method] ?? '', isVertex(path));
  const wishes = wishesOf(call);
  if (wishes.length === 0) refuse('* BatchEmbedContentsRequest.requests: contents is not specified\n');
  for (const request of listOf(body.requests).map(objectOf)) {
    if (request.model !== `models/${model}`)
      refuse(`* BatchEmbedContentsRequest.requests[0].model: not models/${model}\n`);
  }
  if (method === 'predict') {
    const most = model.includes('gemini') ? 1 : MAX_INSTANCES;
    if (wishes.length > most) refuse(`${wishes.length} instance(s) is out of range: at most ${most}.`);
  } else if (wishes.length > MAX_BATCH) {
    refuse(`* BatchEmbedContentsRequest.requests: at most ${MAX_BATCH} requests can be in one batch\n`);
  }
  for (const { text, task } of wishes) {
    if (text === '') refuse('* EmbedContentRequest.content: contains an empty Part.\n');
    if (task !== '' && !TASKS.includes(task)) refuse(`Invalid value at 'task_type', "${task}"`);
  }
}

/** A request for vectors in neutral words: nobody speaks in it. */
export function readEmbedding(call: IncomingCall): Asked {
  return completeAsked({
    operation: call.operation,
    dialect: 'gemini',
    model: call.model ?? '',
    stream: false,
    stopSequences: [],
    system: '',
    turns: [],
    tools: [],
    mustThink: false,
    inputTokens: wishesOf(call).reduce((sum, { text }) => sum + estimateTokens(text), 0),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body: call.body,
  });
}

/** The vectors, as the method that was called answers. A task makes another vector of the same text. */
export function writeEmbeddings({ body, path, inputTokens }: Asked): JsonObject {
  const wishes = wishesOf({ body, path });
  const values = wishes.map(({ text, task, dimensions }) => vectorOf(`${task}${text}`, dimensions));
  if (methodOf(path) === 'predict') {
    const predictions = values.map((each, i) => ({
      embeddings: {
        values: each,
        statistics: { truncated: false, token_count: estimateTokens(wishes[i]?.text ?? '') },
      },
    }));
    return { predictions, metadata: { billableCharacterCount: inputTokens * 4 } };
  }
  if (methodOf(path) === 'batchEmbedContents') return { embeddings: values.map((each) => ({ values: each })) };
  const usage = { promptTokenCount: inputTokens, totalTokenCount: inputTokens };
  return { embedding: { values: values[0] ?? [] }, ...(isObject(body.content) ? { usageMetadata: usage } : {}) };
}
