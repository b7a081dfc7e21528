// For tests: words to ask with, and what the writer of this language makes of them.
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Tool, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { writeRequest } from './request-write.ts';

export const text = (words: string): Block => ({ type: 'text', text: words });
export const user = (...content: Block[]): Turn => ({ role: 'user', content });
export const assistant = (...content: Block[]): Turn => ({ role: 'assistant', content });
export const call = (id: string, name = 'f'): Block => ({ type: 'tool_call', id, name, json: '{}' });
export const result = (id: string, ...content: Block[]): Block => ({ type: 'tool_result', id, content });
export const png: Block = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } };
export const pdf: Block = {
  type: 'document',
  title: 'a.pdf',
  source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
};
export const tool = (name: string, more: Partial<Extract<Tool, { type: 'function' }>> = {}): Tool => ({
  type: 'function',
  name,
  schema: { type: 'object' },
  ...more,
});

export function write(more: Partial<ChatRequest>, quirks: Quirks = {}): { body: JsonObject; losses: string[] } {
  const losses: Loss[] = [];
  const request: ChatRequest = {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [user(text('Hello'))],
    tools: [],
    sampling: {},
    ...more,
  };
  const body = writeRequest(request, { quirks, lose: (loss) => losses.push(loss) });
  return {
    body: JSON.parse(JSON.stringify(body)) as JsonObject,
    losses: losses.map(({ what, path }) => `${what} ${path}`),
  };
}

export const messagesOf = (more: Partial<ChatRequest>, quirks?: Quirks): unknown => write(more, quirks).body.messages;
