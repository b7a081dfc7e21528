import { anthropic } from './anthropic.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import type { Client } from './client.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';

export const clients: readonly Client[] = [anthropic, openaiChat, openaiResponses, gemini, bedrockConverse];
