import type { Block } from '../canon/content.ts';
import { textIn } from '../canon/custom-tool.ts';
import type { BlockHead, Event, Sink, Tap } from '../canon/event.ts';
import { fingerprint } from '../canon/fingerprint.ts';
import type { ChatRequest, Tool, ToolChoice } from '../canon/request.ts';

/** Characters that every language takes in a tool's name. */
const longest = 64;
const unusual = /[^a-zA-Z0-9_-]/g;

/** A name that every language takes: the same for the same tool, another for another. */
function plainName(name: string): string {
  const mark = `_${fingerprint(name, 6)}`;
  const plain = name.replace(unusual, '_').slice(0, longest - mark.length - 1);
  return `${/^[a-zA-Z_]/.test(plain) ? '' : '_'}${plain}${mark}`;
}

/** The request with names that the language takes. @param legal what a name must look like; anything where it is absent. */
export function withLegalNames(request: ChatRequest, legal: RegExp | undefined): ChatRequest {
  if (legal === undefined) return request;
  const named = (name: string): string => (legal.test(name) ? name : plainName(name));
  if (allLegal(request, legal)) return request;
  return {
    ...request,
    tools: request.tools.map((tool): Tool => (tool.type === 'native' ? tool : { ...tool, name: named(tool.name) })),
    ...(request.toolChoice !== undefined && { toolChoice: choiceWith(request.toolChoice, named) }),
    turns: request.turns.map((turn) => ({ ...turn, content: turn.content.map((block) => blockWith(block, named)) })),
  };
}

function allLegal({ tools, turns }: ChatRequest, legal: RegExp): boolean {
  for (const tool of tools) if (tool.type !== 'native' && !legal.test(tool.name)) return false;
  for (const { content } of turns) {
    for (const block of content) if (block.type === 'tool_call' && !legal.test(block.name)) return false;
  }
  return true;
}

function choiceWith(choice: ToolChoice, named: (name: string) => string): ToolChoice {
  if (choice.type === 'tool') return { ...choice, name: named(choice.name) };
  if (choice.type !== 'required' || choice.allowed === undefined) return choice;
  return { ...choice, allowed: choice.allowed.map(named) };
}

function blockWith(block: Block, named: (name: string) => string): Block {
  if (block.type === 'tool_call' || block.type === 'tool_reference') return { ...block, name: named(block.name) };
  if (block.type !== 'tool_result') return block;
  return { ...block, content: block.content.map((part) => blockWith(part, named)) };
}

/**
 * Gives the calls of an answer the names that the client gave its tools, and the form: free text where a tool takes free
 * text. Nothing to do, and no tap, for most requests.
 */
export function namesRestored(request: ChatRequest, legal: RegExp | undefined): Tap | undefined {
  const originals = new Map<string, string>();
  const customs = new Set<string>();
  for (const tool of request.tools) {
    if (tool.type === 'native') continue;
    if (tool.type === 'custom') customs.add(tool.name);
    if (legal !== undefined && !legal.test(tool.name)) originals.set(plainName(tool.name), tool.name);
  }
  if (originals.size === 0 && customs.size === 0) return undefined;
  return (next) => restoring(next, originals, customs);
}

function restoring(next: Sink, originals: ReadonlyMap<string, string>, customs: ReadonlySet<string>): Sink {
  /** The arguments so far of a call whose text is inside an object. */
  let wrapped: string | undefined;
  return (event: Event): void => {
    if (event.type === 'open') {
      wrapped = undefined;
      if (event.block.type !== 'tool_call') return next(event);
      const name = originals.get(event.block.name) ?? event.block.name;
      const isText = customs.has(name) && event.block.kind !== 'custom';
      if (isText) wrapped = '';
      const block: BlockHead = { ...event.block, name, ...(isText && { kind: 'custom' as const }) };
      return next({ ...event, block });
    }
    if (wrapped !== undefined && event.type === 'json') {
      wrapped += event.json;
      return;
    }
    if (wrapped !== undefined && event.type === 'close') {
      next({ type: 'json', index: event.index, json: textIn(wrapped) });
      wrapped = undefined;
    }
    next(event);
  };
}
