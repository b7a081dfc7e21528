// For tests: words to ask with, and what the writer of this language makes of them.
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { writeRequest } from './request-write.ts';

export const least: ChatRequest = {
  from: 'openai-chat',
  model: 'm',
  stream: false,
  system: [],
  turns: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
};

export function write(fields: Partial<ChatRequest>, quirks: Quirks = {}): { body: JsonObject; losses: string[] } {
  const losses: Loss[] = [];
  const body = writeRequest({ ...least, ...fields }, { quirks, lose: (loss) => losses.push(loss) });
  return { body, losses: losses.map(({ what, path }) => `${what} ${path}`) };
}

export function writeTurns(turns: readonly Turn[], quirks: Quirks = {}): { messages: unknown; losses: string[] } {
  const { body, losses } = write({ turns }, quirks);
  return { messages: body.messages, losses };
}

export const text = (value: string): Block => ({ type: 'text', text: value });
export const call = (id: string, json = '{}'): Block => ({ type: 'tool_call', id, name: 'f', json });
export const result = (id: string): Block => ({ type: 'tool_result', id, content: [text(`of ${id}`)] });
export const wireText = (value: string): JsonObject => ({ type: 'text', text: value });
export const wireCall = (id: string, input: JsonObject = {}): JsonObject => ({
  type: 'tool_use',
  id,
  name: 'f',
  input,
});
export const wireResult = (id: string): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  content: [wireText(`of ${id}`)],
});
export const tool = { type: 'function', name: 'f', schema: { type: 'object' } } as const;
