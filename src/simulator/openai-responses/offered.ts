import { isObject, type Json, listOf, objectOf, textOf } from '../json.ts';

/** A tool of the client's that the request offers. */
export interface Offered {
  readonly name: string;
  readonly type: 'function' | 'custom';
  readonly schema: Json | undefined;
  /** The namespace that it stands in. */
  readonly namespace?: string;
}

/** What a custom tool takes: one text. */
const TEXT_INPUT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

/** The tools that the client runs itself, also those inside namespaces. */
export function offeredTools(tools: Json | undefined): Offered[] {
  return listOf(tools)
    .filter(isObject)
    .flatMap((tool): Offered[] => {
      const name = textOf(tool.name);
      if (tool.type === 'function') return [{ name, type: 'function', schema: objectOf(tool.parameters) }];
      if (tool.type === 'custom') return [{ name, type: 'custom', schema: TEXT_INPUT }];
      return offeredTools(tool.type === 'namespace' ? tool.tools : []).map((inner) => ({ ...inner, namespace: name }));
    });
}

/** The tool of that name. */
export function offeredTool(tools: Json | undefined, name: string): Offered | undefined {
  return offeredTools(tools).find((tool) => tool.name === name);
}
