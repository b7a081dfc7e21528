import type { DialectName } from '../canon/content.ts';
import type { KeyHeader } from './key-header.ts';
import type { OperationRule } from './operation.ts';

/** Where calls go, after the base URL; `{model}` stands for the model's name. */
export interface CallPaths {
  readonly call: string;
  /** Calls whose answer is streamed, where the path says so. */
  readonly stream?: string;
  /** Counting a prompt's tokens. */
  readonly count?: string;
}

/** Where a language's calls go, after the base URL as the language's SDK takes it. */
export interface LanguagePaths extends CallPaths {
  /** What comes after the path of a call where tokens are counted, at servers that have their calls elsewhere. */
  readonly countAfter?: string;
  /** A GET that answers quickly and, with most servers, proves the credential. */
  readonly probe: string;
  /** How the credential is shown where the kind does not say. */
  readonly keyHeader: KeyHeader;
  /** Where what is no answer in a conversation is, as far as the language has it. */
  readonly operations?: readonly OperationRule[];
  /** What many write at the end of a base URL although the SDK adds it itself. */
  readonly superfluous?: RegExp;
}

/** Below one address OpenAI and those who are compatible have everything under the same names. */
const openaiOperations: readonly OperationRule[] = [{ speaks: 'openai-chat', path: '/{operation}' }];

/** The languages that providers are spoken to. */
export const languages: { readonly [name in DialectName]: LanguagePaths } = {
  anthropic: {
    call: '/v1/messages',
    count: '/v1/messages/count_tokens',
    countAfter: '/count_tokens',
    probe: '/v1/models',
    keyHeader: 'x-api-key',
    superfluous: /\/v1$/,
  },
  'openai-chat': {
    call: '/chat/completions',
    probe: '/models',
    keyHeader: 'bearer',
    operations: openaiOperations,
  },
  'openai-responses': {
    call: '/responses',
    count: '/responses/input_tokens',
    countAfter: '/input_tokens',
    probe: '/models',
    keyHeader: 'bearer',
    operations: openaiOperations,
  },
  gemini: {
    call: '/v1beta/models/{model}:generateContent',
    stream: '/v1beta/models/{model}:streamGenerateContent?alt=sse',
    count: '/v1beta/models/{model}:countTokens',
    probe: '/v1beta/models?pageSize=1000',
    keyHeader: 'x-goog-api-key',
    operations: [
      {
        does: ['embeddings'],
        speaks: 'gemini',
        path: {
          batchEmbedContents: '/v1beta/models/{model}:batchEmbedContents',
          embedContent: '/v1beta/models/{model}:embedContent',
        },
      },
    ],
    superfluous: /\/v1(beta)?$/,
  },
  'bedrock-converse': {
    call: '/model/{model}/converse',
    stream: '/model/{model}/converse-stream',
    count: '/model/{model}/count-tokens',
    probe: '/inference-profiles?type=SYSTEM_DEFINED&maxResults=1000',
    keyHeader: 'bearer',
    operations: [{ does: ['embeddings'], speaks: 'bedrock-converse', path: '/model/{model}/invoke' }],
  },
  cohere: {
    call: '/v2/chat',
    probe: '/v1/models?page_size=1000',
    keyHeader: 'bearer',
    operations: [
      { does: ['embeddings'], speaks: 'cohere', path: '/v2/embed' },
      { does: ['rerank'], speaks: 'cohere', path: '/v2/rerank' },
    ],
    superfluous: /\/v[12]$/,
  },
};

/** A rule's path with the places that belong to it. */
export function callPaths(language: DialectName, path: string | CallPaths): CallPaths {
  if (typeof path !== 'string') return path;
  const { countAfter } = languages[language];
  return countAfter === undefined ? { call: path } : { call: path, count: path + countAfter };
}
