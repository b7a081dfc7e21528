import { anthropic } from './anthropic.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { cohere } from './cohere.ts';
import { gemini } from './gemini.ts';
import type { Made } from './made.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';

/** Answers of every language, of the kinds that its servers are known to give. */
export const made: readonly Made[] = [
  ...anthropic,
  ...openaiChat,
  ...openaiResponses,
  ...gemini,
  ...bedrockConverse,
  ...cohere,
];
