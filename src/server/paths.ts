import type { DialectName } from '../canon/content.ts';
import type { Address } from '../gateway/call.ts';
import type { RelayWish } from '../gateway/relay.ts';

/** What a path that takes a model call asks for. */
export interface CallPath {
  readonly dialect: DialectName;
  /** For the log. */
  readonly operation: string;
  readonly does: 'answer' | 'count' | 'embed' | 'relay';
  readonly address?: Address;
  /** For `embed`: what the language calls its sort of body. */
  readonly form?: string;
  /** For `relay`: what is passed on. */
  readonly relay?: RelayWish;
  /** Those that are taken; POST alone where this is absent. */
  readonly methods?: readonly string[];
  /** Another API's way of carrying Anthropic's language. */
  readonly carrier?: 'bedrock' | 'vertex';
}

const chat: CallPath = { dialect: 'openai-chat', operation: 'chat.completions', does: 'answer' };
const responses: CallPath = { dialect: 'openai-responses', operation: 'responses', does: 'answer' };
const embeddings: CallPath = { dialect: 'openai-chat', operation: 'embeddings', does: 'embed', form: 'embeddings' };
const responsesCount: CallPath = { dialect: 'openai-responses', operation: 'responses.input_tokens', does: 'count' };

/** Paths that say nothing but what is asked for. OpenAI's clients have the version in their base URL, or not. */
const plain: ReadonlyMap<string, CallPath> = new Map<string, CallPath>([
  ['/v1/messages', { dialect: 'anthropic', operation: 'messages', does: 'answer' }],
  ['/v1/messages/count_tokens', { dialect: 'anthropic', operation: 'count_tokens', does: 'count' }],
  ['/v1/chat/completions', chat],
  ['/chat/completions', chat],
  ['/openai/v1/chat/completions', chat],
  ['/v1/embeddings', embeddings],
  ['/embeddings', embeddings],
  ['/openai/v1/embeddings', embeddings],
  ['/v1/responses', responses],
  ['/responses', responses],
  ['/openai/v1/responses', responses],
  ['/v1/responses/input_tokens', responsesCount],
  ['/responses/input_tokens', responsesCount],
]);

/** Google's paths, of the Gemini API and of Vertex AI. */
const google =
  /^\/(?:v1|v1beta|v1beta1|v1alpha)\/(?:(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/google\/)?(?:models|tunedModels)\/(.+):(\w+)$/;
const vertexClaude =
  /^(?:\/v1|\/v1beta1)?\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/(.+):(rawPredict|streamRawPredict)$/;
const bedrock = /^\/model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/;

/** What a POST to this path asks for; nothing where it takes no model call. @param query with its question mark, or empty. */
export function callPathOf(path: string, query: string): CallPath | undefined {
  return plain.get(path) ?? googlePath(path, query) ?? vertexPath(path) ?? bedrockPath(path);
}

function googlePath(path: string, query: string): CallPath | undefined {
  const found = google.exec(path);
  if (found === null) return undefined;
  const model = decoded(found[1] ?? '');
  const alt = new URLSearchParams(query).get('alt');
  const address = (stream: boolean): Address => ({
    model,
    stream,
    ...(alt !== null && { members: { alt } }),
    // Providers are asked for server-sent events; who wants one long JSON array gets it from here.
    ...(stream && alt !== 'sse' && { reframed: true as const }),
  });
  const operation = found[2] ?? '';
  switch (operation) {
    case 'generateContent':
      return { dialect: 'gemini', operation, does: 'answer', address: address(false) };
    case 'streamGenerateContent':
      return { dialect: 'gemini', operation, does: 'answer', address: address(true) };
    case 'countTokens':
      return { dialect: 'gemini', operation, does: 'count', address: address(false) };
    case 'embedContent':
    case 'batchEmbedContents':
    case 'predict': {
      const form = operation === 'embedContent' && path.includes('/publishers/') ? 'vertex.embedContent' : operation;
      return { dialect: 'gemini', operation, does: 'embed', form, address: { model, stream: false } };
    }
    default:
      return undefined;
  }
}

/** Vertex counts Claude's tokens by asking a model of that name; the one that is meant is in the body. */
const vertexCounter = 'count-tokens';

function vertexPath(path: string): CallPath | undefined {
  const found = vertexClaude.exec(path);
  if (found === null) return undefined;
  const model = decoded(found[1] ?? '');
  if (model === vertexCounter) {
    return { dialect: 'anthropic', operation: 'vertex.count_tokens', does: 'count', carrier: 'vertex' };
  }
  const stream = found[2] === 'streamRawPredict';
  const operation = `vertex.${found[2] ?? ''}`;
  return { dialect: 'anthropic', operation, does: 'answer', carrier: 'vertex', address: { model, stream } };
}

function bedrockPath(path: string): CallPath | undefined {
  const found = bedrock.exec(path);
  if (found === null) return undefined;
  const model = decoded(found[1] ?? '');
  const operation = found[2] ?? '';
  const stream = operation.endsWith('-stream');
  switch (operation) {
    case 'converse':
    case 'converse-stream':
      return { dialect: 'bedrock-converse', operation, does: 'answer', address: { model, stream } };
    case 'count-tokens':
      return { dialect: 'bedrock-converse', operation, does: 'count', address: { model, stream: false } };
    default:
      return { dialect: 'anthropic', operation, does: 'answer', carrier: 'bedrock', address: { model, stream } };
  }
}

/** A part of a path as it was meant; as it stands where it cannot be decoded. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
