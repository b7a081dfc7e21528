import type { IncomingHttpHeaders } from 'node:http';
import { anthropic } from './anthropic/dialect.ts';
import { vertexAnthropic } from './anthropic/vertex.ts';
import { bedrockConverse } from './bedrock/converse.ts';
import { bedrockInvoke } from './bedrock/invoke.ts';
import { cohere } from './cohere/dialect.ts';
import type { Address, SimulatedDialect } from './dialect.ts';
import { gemini } from './gemini/dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiResponses } from './openai-responses/dialect.ts';

/** Every wire language that the simulator speaks. The last one answers clients that none of the others recognises. */
export const DIALECTS: readonly SimulatedDialect[] = [
  // Those whose paths tell them come first: the clients of Claude in a cloud have Anthropic's headers as well.
  vertexAnthropic,
  bedrockInvoke,
  bedrockConverse,
  cohere,
  anthropic,
  openaiResponses,
  gemini,
  openaiChat, // always the last
];

/** The dialect that a POST to this path speaks, and what it asks for. */
export function dialectFor(path: string): { dialect: SimulatedDialect; address: Address } | undefined {
  for (const dialect of DIALECTS) {
    const address = dialect.address(path);
    if (address !== undefined) return { dialect, address };
  }
  return undefined;
}

/** The dialect of a client, told by its headers and the path. */
export function dialectOfClient(headers: IncomingHttpHeaders, path: string): SimulatedDialect {
  return DIALECTS.find((dialect) => dialect.isClient(headers, path)) ?? openaiChat;
}
