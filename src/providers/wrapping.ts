import type { DialectName } from '../canon/content.ts';
import { isObject, type JsonObject, numberIn } from '../canon/json.ts';
import { type ChunkFilter, createChunkUnwrapper } from '../wire/aws-chunks.ts';

/** Undoes, piece by piece, what a carrier has put around a stream. */
export type Unwrapper = ChunkFilter;

/** How requests and answers of one language are carried by the API of somebody else. */
export interface Wrapping {
  /** The request's body as the carrier takes it; `betas` are what stands in the language's header for them. */
  wrapBody(body: JsonObject, betas: readonly string[]): JsonObject;
  /** True where betas go in the body alone, and not as a header. */
  readonly betasInBody: boolean;
  /** Request headers of the language that the carrier has no place for. */
  readonly dropHeaders: readonly string[];
  /** Media type of a streamed answer; server-sent events where it is absent. */
  readonly streamType?: string;
  /** A fresh filter that gives the language's own stream. */
  unwrap?(): Unwrapper;
  /** The language of errors that are the carrier's own, and so do not look like the language's. */
  readonly errors: DialectName;
  /** The body of a request for a count of tokens; that of the language where this is absent. */
  countBody?(body: JsonObject, betas: readonly string[], model: string): JsonObject;
  /** Tokens in the answer to it, where it is not the language's own. */
  readCount?(answer: unknown): number | undefined;
}

/** Claude at Google: model and stream flag in the path, the version in the body; streams are Anthropic's own. */
export const vertexWrapping: Wrapping = {
  wrapBody: ({ model: _, ...body }) => ({ anthropic_version: 'vertex-2023-10-16', ...body }),
  betasInBody: false,
  dropHeaders: ['anthropic-version'],
  errors: 'gemini',
  countBody: (body, _betas, model) => ({ anthropic_version: 'vertex-2023-10-16', ...body, model }),
};

const bedrockVersion = 'bedrock-2023-05-31';

/** Claude at Amazon by InvokeModel: model and stream flag in the path, version and betas in the body, streams within Amazon's frames. */
export const bedrockWrapping: Wrapping = {
  wrapBody: invokeBody,
  betasInBody: true,
  dropHeaders: ['anthropic-version'],
  streamType: 'application/vnd.amazon.eventstream',
  unwrap: createChunkUnwrapper,
  errors: 'bedrock-converse',
  countBody: (body, betas) => {
    // What is counted must be a whole request, and one without a limit of its answer is none.
    const invoked = invokeBody({ max_tokens: 1, ...body }, betas);
    return { input: { invokeModel: { body: Buffer.from(JSON.stringify(invoked)).toString('base64') } } };
  },
  readCount: (answer) => (isObject(answer) ? numberIn(answer.inputTokens) : undefined),
};

function invokeBody({ model: _, stream: __, ...body }: JsonObject, betas: readonly string[]): JsonObject {
  return { anthropic_version: bedrockVersion, ...body, ...(betas.length > 0 && { anthropic_beta: betas }) };
}
