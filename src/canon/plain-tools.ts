import type { DialectName } from './content.ts';
import { madeOf, recurs } from './recurring.ts';
import type { FunctionTool, Tool } from './request.ts';

/**
 * Whether tools recur, and are functions without anything that only the target language knows or that asks for the cache: how
 * they are written depends on nothing else then.
 */
export function arePlain(tools: readonly Tool[], target: DialectName): tools is readonly FunctionTool[] {
  return recurs(tools) && madeOf(tools, target, () => tools.every((tool) => isPlain(tool, target)));
}

function isPlain(tool: Tool, target: DialectName): boolean {
  return tool.type === 'function' && tool.cache === undefined && tool.ext?.[target] === undefined;
}
