import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from './json.ts';

/** A call that the model made earlier in the conversation. */
export interface PastCall {
  readonly id: string;
  readonly name: string;
}

/** What a tool gave back. */
export interface PastResult {
  readonly id: string;
  readonly text: string;
  readonly isError: boolean;
}

/** One turn; consecutive messages of one side are merged, system messages are left out. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  /** Own text without `<system-reminder>` passages. */
  readonly text: string;
  /** The `<system-reminder>` passages, in which Claude Code also tells of background tasks. */
  readonly reminders: string;
  readonly calls: readonly PastCall[];
  readonly results: readonly PastResult[];
  /** Images and documents, also those inside tool results. */
  readonly media: number;
}

/** A tool that the request offers. */
export interface OfferedTool {
  readonly name: string;
  readonly schema: JsonObject;
}

/** What a path asks for: an answer, how many tokens the request has, vectors for texts, or documents in order. */
export type Operation = 'answer' | 'count' | 'embed' | 'rerank';

/** What a dialect reads from a request body; everything else in `Asked` follows from it. */
export interface AskedParts {
  readonly operation: Operation;
  readonly dialect: string;
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokens?: number | undefined;
  readonly stopSequences: readonly string[];
  /** All system text, also that of system messages in the middle. */
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly OfferedTool[];
  /** `any` = some tool must be called; otherwise the name of the tool that must be called. */
  readonly forcedTool?: { readonly any: true } | { readonly name: string } | undefined;
  /** JSON schema that the answer's text must follow. */
  readonly schema?: JsonObject | undefined;
  /** The request wants a model that always thinks first. */
  readonly mustThink: boolean;
  /** Estimated, in tokens. */
  readonly inputTokens: number;
  readonly headers: IncomingHttpHeaders;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** A request in the simulator's own neutral words: what steps are matched against and answers are made from. */
export interface Asked extends AskedParts {
  /** Text of the last user turn that is not an answer to tool calls. */
  readonly prompt: string;
  /** The same of the first: with the session it names the conversation (a subagent has its own). */
  readonly firstPrompt: string;
  /** What the tools gave back in the last turn. */
  readonly results: readonly PastResult[];
  readonly session: string;
}

const REMINDER = /<system-reminder>[\s\S]*?<\/system-reminder>/g;

/** What the user wrote, and apart from it the passages that Claude Code puts beside it. */
export function splitReminders(text: string): { text: string; reminders: string } {
  if (!text.includes('<system-reminder>')) return { text, reminders: '' };
  return { text: text.replace(REMINDER, '').trim(), reminders: (text.match(REMINDER) ?? []).join('\n') };
}

/** Joins texts by line ends, without the empty ones. */
export function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}

/** Merges consecutive turns of one side. */
export function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (last === undefined || last.role !== turn.role) {
      merged.push(turn);
      continue;
    }
    merged[merged.length - 1] = {
      role: turn.role,
      text: joinTexts([last.text, turn.text]),
      reminders: joinTexts([last.reminders, turn.reminders]),
      calls: [...last.calls, ...turn.calls],
      results: [...last.results, ...turn.results],
      media: last.media + turn.media,
    };
  }
  return merged;
}

/** Completes what a dialect has read. */
export function completeAsked(parts: AskedParts): Asked {
  const users = parts.turns.filter((turn) => turn.role === 'user' && turn.text !== '');
  const prompts = users.filter((turn) => turn.results.length === 0);
  const last = parts.turns.at(-1);
  const session = parts.headers['x-claude-code-session-id'];
  const firstPrompt = (prompts[0] ?? users[0])?.text ?? '';
  return {
    ...parts,
    prompt: (prompts.at(-1) ?? users.at(-1))?.text ?? '',
    firstPrompt,
    results: last?.role === 'user' ? last.results : [],
    session: typeof session === 'string' ? session : firstPrompt,
  };
}

/** A short key for the conversation that a request belongs to. */
export function conversationOf(asked: Asked): string {
  return createHash('sha1').update(`${asked.session}\n${asked.firstPrompt}`).digest('base64');
}
