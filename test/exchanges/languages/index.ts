import type { DialectName } from '../../../src/canon/content.ts';
import { anthropic } from './anthropic.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { cohere } from './cohere.ts';
import { gemini } from './gemini.ts';
import type { Language } from './language.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';

export const languages: { readonly [name in DialectName]: Language } = {
  anthropic,
  'bedrock-converse': bedrockConverse,
  cohere,
  gemini,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
};
