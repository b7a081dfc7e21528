import type { DialectName } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import { anthropic } from './anthropic/index.ts';
import { bedrockConverse } from './bedrock-converse/index.ts';
import { cohere } from './cohere/index.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiResponses } from './openai-responses/index.ts';

export type { Dialect } from './dialect.ts';

/** The languages that are spoken. A new one is a folder and a line here. */
export const dialects: { readonly [name in DialectName]?: Dialect } = {
  anthropic,
  'bedrock-converse': bedrockConverse,
  cohere,
  gemini,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
};

/** The language of that name. @throws not_supported when it is not spoken. */
export function dialectNamed(name: DialectName): Dialect {
  const dialect = dialects[name];
  if (dialect === undefined) throw new GatewayError('not_supported', `The language "${name}" is not spoken here.`);
  return dialect;
}
