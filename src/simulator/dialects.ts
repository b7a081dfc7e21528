import type { IncomingHttpHeaders } from 'node:http';
import { anthropic } from './anthropic/dialect.ts';
import type { Operation } from './asked.ts';
import type { SimulatedDialect } from './dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';

/** Every wire language that the simulator speaks. The last one answers clients that none of the others recognises. */
export const DIALECTS: readonly SimulatedDialect[] = [anthropic, openaiChat];

/** The dialect that a POST to this path speaks, and what it asks for. */
export function dialectFor(path: string): { dialect: SimulatedDialect; operation: Operation } | undefined {
  for (const dialect of DIALECTS) {
    const operation = dialect.operation(path);
    if (operation !== undefined) return { dialect, operation };
  }
  return undefined;
}

/** The dialect of a client, told by its headers. */
export function dialectOfClient(headers: IncomingHttpHeaders): SimulatedDialect {
  return DIALECTS.find((dialect) => dialect.isClient(headers)) ?? openaiChat;
}
