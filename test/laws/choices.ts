import type { Block, Ext, TextBlock } from '../../src/canon/content.ts';
import type { ChatRequest, Tool, Turn } from '../../src/canon/request.ts';
import type { Planted } from './marker.ts';

/** Switches and choices among few, each with the request that leaves it out. What is the default anyway need not arrive. */
export function choicesOf(request: ChatRequest): Planted[] {
  const parts: Planted[] = [];
  const leave = (path: string, kind: string, without: ChatRequest): void => {
    parts.push({ path, kind, without });
  };
  const drop = (field: keyof ChatRequest): ChatRequest => omit(request, field);
  if (request.stream) leave('stream', 'stream', { ...request, stream: false });
  if (request.toolChoice !== undefined && request.toolChoice.type !== 'auto')
    leave('tool_choice', 'tool_choice', drop('toolChoice'));
  if (request.parallelTools === false) leave('parallel_tools', 'parallel_tools', drop('parallelTools'));
  if (request.reasoning !== undefined) leave('reasoning', 'reasoning', drop('reasoning'));
  for (const field of ['effort', 'display'] as const) {
    const { reasoning } = request;
    if (reasoning?.[field] === undefined) continue;
    leave(`reasoning.${field}`, `reasoning.${field}`, { ...request, reasoning: omit(reasoning, field) });
  }
  if (request.format !== undefined) leave('format', 'format', drop('format'));
  if (request.serviceTier !== undefined) leave('service_tier', 'service_tier', drop('serviceTier'));
  if (request.verbosity !== undefined) leave('verbosity', 'verbosity', drop('verbosity'));
  if (request.cache !== undefined) leave('cache', 'cache', drop('cache'));
  for (const [path, without] of withoutExt(request.ext)) leave(path, path, { ...request, ...asExt(without) });
  request.system.forEach((block, i) => {
    for (const [path, kind, changed] of choicesOfBlock(block, `system[${i}]`)) {
      leave(path, kind, { ...request, system: request.system.with(i, changed as TextBlock) });
    }
  });
  request.turns.forEach((turn, i) => {
    const changedTo = (changed: Turn): ChatRequest => ({ ...request, turns: request.turns.with(i, changed) });
    for (const [field, without] of withoutExt(turn.ext)) {
      leave(`turns[${i}].${field}`, `turns[${i}].${field}`, changedTo({ ...omit(turn, 'ext'), ...asExt(without) }));
    }
    turn.content.forEach((block, j) => {
      for (const [path, kind, changed] of choicesOfBlock(block, `turns[${i}].content[${j}]`)) {
        leave(path, kind, changedTo({ ...turn, content: turn.content.with(j, changed) }));
      }
    });
  });
  request.tools.forEach((tool, i) => {
    for (const [path, kind, changed] of choicesOfTool(tool, `tools[${i}]`)) {
      leave(path, kind, { ...request, tools: request.tools.with(i, changed) });
    }
  });
  return parts;
}

type Choice<T> = readonly [path: string, kind: string, without: T];

function choicesOfBlock(block: Block, path: string): Choice<Block>[] {
  const found: Choice<Block>[] = [];
  if (block.cache !== undefined) found.push([path, 'cache', omit(block, 'cache')]);
  if (block.type !== 'native') {
    for (const [field, without] of withoutExt(block.ext)) {
      found.push([`${path}.${field}`, `${path}.${field}`, { ...omit(block, 'ext'), ...asExt(without) }]);
    }
  }
  if (block.type === 'text' && (block.citations?.length ?? 0) > 0)
    found.push([path, 'text_citations', omit(block, 'citations')]);
  if (block.type === 'image' && block.detail !== undefined && block.detail !== 'auto') {
    found.push([`${path}.detail`, 'image detail', omit(block, 'detail')]);
  }
  if ((block.type === 'document' || block.type === 'search_result') && block.citations === true) {
    found.push([path, 'document_citations', omit(block, 'citations')]);
  }
  if (block.type !== 'tool_result') return found;
  if (block.isError === true) found.push([path, 'tool_error', omit(block, 'isError')]);
  block.content.forEach((inner, i) => {
    for (const [at, kind, changed] of choicesOfBlock(inner, `${path}.content[${i}]`)) {
      found.push([at, kind, { ...block, content: block.content.with(i, changed) }]);
    }
  });
  return found;
}

function choicesOfTool(tool: Tool, path: string): Choice<Tool>[] {
  const found: Choice<Tool>[] = [];
  if (tool.cache !== undefined) found.push([path, 'cache', omit(tool, 'cache')]);
  if (tool.type === 'native') return found;
  for (const [field, without] of withoutExt(tool.ext)) {
    found.push([`${path}.${field}`, `${path}.${field}`, { ...omit(tool, 'ext'), ...asExt(without) }]);
  }
  if (tool.type === 'custom' && tool.format !== undefined) found.push([path, 'custom_tool', omit(tool, 'format')]);
  if (tool.type !== 'function') return found;
  if (tool.strict === true) found.push([path, 'tool_strict', omit(tool, 'strict')]);
  if (tool.deferred === true) found.push([path, 'tool_deferred', omit(tool, 'deferred')]);
  return found;
}

/** Each field of an `ext`, with the `ext` that lacks it. */
function withoutExt(ext: Ext | undefined): [field: string, without: Ext][] {
  return Object.entries(ext ?? {}).flatMap(([owner, fields]) =>
    Object.keys(fields ?? {}).map((field): [string, Ext] => [field, { ...ext, [owner]: omit(fields ?? {}, field) }]),
  );
}

function asExt(ext: Ext): { ext: Ext } {
  return { ext };
}

function omit<T extends object, K extends keyof T>(object: T, field: K): Omit<T, K> & T {
  const { [field]: _, ...rest } = object;
  return rest as Omit<T, K> & T;
}
