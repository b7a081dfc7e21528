// For tests: words to ask with, and what the writer of this language makes of them.
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, FunctionTool, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { bedrockConverse } from './index.ts';

export const { upstream } = bedrockConverse;

export const claude = 'us.anthropic.claude-sonnet-5-v1:0';
export const nova = 'us.amazon.nova-2-lite-v1:0';
export const llama = 'us.meta.llama4-maverick-17b-instruct-v1:0';
export const gpt = 'openai.gpt-oss-120b-1:0';

export interface Written {
  readonly body: JsonObject;
  readonly losses: readonly string[];
}

export function write(more: Partial<ChatRequest>, quirks: Quirks = {}): Written {
  const losses: Loss[] = [];
  const request: ChatRequest = {
    from: 'anthropic',
    model: claude,
    stream: false,
    system: [],
    turns: [said('Hello.')],
    tools: [],
    sampling: {},
    ...more,
  };
  const body = upstream.writeRequest(request, { quirks, lose: (loss) => losses.push(loss) });
  return { body, losses: losses.map(({ what, path }) => `${what} ${path}`) };
}

export function said(...content: readonly (string | Block)[]): Turn {
  return { role: 'user', content: content.map(blockOf) };
}

export function replied(...content: readonly (string | Block)[]): Turn {
  return { role: 'assistant', content: content.map(blockOf) };
}

function blockOf(block: string | Block): Block {
  return typeof block === 'string' ? { type: 'text', text: block } : block;
}

/** The content of each message. */
export function contents({ body }: Written): unknown[] {
  return (body.messages as JsonObject[]).map(({ content }) => content);
}

export function roles({ body }: Written): unknown[] {
  return (body.messages as JsonObject[]).map(({ role }) => role);
}

export const call: Extract<Block, { type: 'tool_call' }> = {
  type: 'tool_call',
  id: 'call_1',
  name: 'look',
  json: '{"at":1}',
};
export const result: Extract<Block, { type: 'tool_result' }> = {
  type: 'tool_result',
  id: 'call_1',
  content: [{ type: 'text', text: 'Seen.' }],
};
export const look: FunctionTool = { type: 'function', name: 'look', schema: { type: 'object' } };
export const pdf = { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } as const;
export const png = { type: 'base64', mediaType: 'image/png', data: 'iVBORw0K' } as const;

/** Blocks of a call and of its result. */
export interface Uses {
  readonly toolUse?: { readonly toolUseId: string };
  readonly toolResult?: { readonly toolUseId: string; readonly content: readonly JsonObject[] };
}
