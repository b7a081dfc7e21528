import type { Block } from './content.ts';
import type { Loss } from './loss.ts';
import type { ChatRequest, Tool } from './request.ts';

/**
 * The tools that a model may see, for languages that cannot hide one: deferred tools are left out until a result names
 * them, a call has used them, or the client insists on one.
 */
export function visibleTools(request: ChatRequest, lose: (loss: Loss) => void): readonly Tool[] {
  const isDeferred = (tool: Tool): boolean => tool.type === 'function' && tool.deferred === true;
  if (!request.tools.some(isDeferred)) return request.tools;
  const known = new Set<string>();
  for (const turn of request.turns) for (const block of turn.content) noteNames(block, known);
  if (request.toolChoice?.type === 'tool') known.add(request.toolChoice.name);
  const shown = request.tools.filter((tool) => !isDeferred(tool) || known.has(tool.name));
  const hidden = request.tools.length - shown.length;
  if (hidden > 0)
    lose({ what: 'dropped', path: 'tools', why: `${hidden} deferred tools are hidden until a result names them` });
  const named = request.tools.findIndex((tool) => isDeferred(tool) && known.has(tool.name));
  if (named !== -1)
    lose({ what: 'approximated', path: `tools[${named}]`, why: 'a deferred tool is as any other once it is named' });
  return shown;
}

function noteNames(block: Block, names: Set<string>): void {
  if (block.type === 'tool_reference' || block.type === 'tool_call') names.add(block.name);
  if (block.type === 'tool_result') for (const part of block.content) noteNames(part, names);
}
