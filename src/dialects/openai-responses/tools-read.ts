import { type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import type { CustomTool, FunctionTool, Tool } from '../../canon/request.ts';
import { builtinOfTool, functionOf } from './builtin.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import { boolean, object, objects, optional, required, string } from './fields.ts';
import { flatName, type Membership, membershipOf, otherFlatName } from './namespace.ts';
import { readToolMeaning } from './tool-meaning.ts';

const functionFields: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'parameters',
  'strict',
  'defer_loading',
]);
const customFields: ReadonlySet<string> = new Set(['type', 'name', 'description', 'format']);

/** The tools of a request: those that it lists, and those that its items bring along. */
export class ToolTable {
  readonly tools: Tool[] = [];
  /** Canonical names by the flat ones, where these were taken. */
  readonly renamed = new Map<string, string>();
  readonly #names = new Map<string, Tool>();
  /** Whether there is somebody who can bring hidden tools to light. */
  readonly #searches: boolean;

  /** Reads the list of tools. Throws `invalid_request`. */
  constructor(body: JsonObject) {
    const listed = optional(body, 'tools', objects) ?? [];
    this.#searches = listed.some((tool) => tool.type === 'tool_search' && tool.execution === 'client');
    listed.forEach((tool, i) => this.#read(tool, `tools[${i}]`).forEach((one) => this.#add(one)));
  }

  /**
   * The tools that an item brings along; those that are known already are not added again.
   * @param hidden until a result names them, which it does.
   */
  bring(tool: JsonObject, path: string, hidden: boolean): readonly Tool[] {
    return this.#read(tool, path).map((one) => {
      const known = this.#names.get(one.name);
      if (one.type === 'native' || known !== undefined) return known ?? one;
      const brought: Tool = hidden && one.type === 'function' ? { ...one, deferred: true } : one;
      this.#add(brought);
      return brought;
    });
  }

  #add(tool: Tool): void {
    this.tools.push(tool);
    this.#names.set(tool.name, tool);
  }

  #read(tool: JsonObject, path: string): Tool[] {
    const type = required(tool, 'type', string, `${path}.`);
    if (type === 'function') return [this.#function(tool, undefined, path)];
    if (type === 'custom') return [readCustom(tool, undefined, path)];
    if (type === 'namespace') return this.#namespace(tool, path);
    const builtin = builtinOfTool(tool);
    if (builtin !== undefined) return [functionOf(builtin, tool, new Set(this.#names.keys()))];
    const means = readToolMeaning(tool);
    const name = stringIn(tool.name) ?? stringIn(tool.server_label) ?? nativeName(type);
    return [{ type: 'native', dialect: responsesName, name, value: tool, ...(means !== undefined && { means }) }];
  }

  /** The tools of a namespace as tools of their own. Other languages have one room for all names. */
  #namespace(tool: JsonObject, path: string): Tool[] {
    const namespace = required(tool, 'name', string, `${path}.`);
    const description = optional(tool, 'description', string, `${path}.`);
    return objectsIn(tool.tools).map((inner, i): Tool => {
      const at = `${path}.tools[${i}]`;
      const membership = { name: namespace, member: required(inner, 'name', string, `${at}.`) };
      const flat = flatName(membership);
      const name = this.#isTaken(flat, membership) ? otherFlatName(membership) : flat;
      if (name !== flat) this.renamed.set(flat, name);
      const fields = { namespace: { ...membership, ...(description !== undefined && { description }) } };
      const found = { name, fields };
      return inner.type === 'custom' ? readCustom(inner, found, at) : this.#function(inner, found, at);
    });
  }

  #isTaken(name: string, membership: Membership): boolean {
    const other = this.#names.get(name);
    if (other === undefined) return false;
    const known = other.type === 'native' ? undefined : membershipOf(other);
    return known?.name !== membership.name || known.member !== membership.member;
  }

  #function(tool: JsonObject, found: Found | undefined, path: string): FunctionTool {
    const description = optional(tool, 'description', string, `${path}.`);
    const strict = optional(tool, 'strict', boolean, `${path}.`);
    const hidden = optional(tool, 'defer_loading', boolean, `${path}.`);
    // Where nobody can bring it to light here, a hidden tool would be lost.
    const deferred = hidden === true && this.#searches;
    return {
      type: 'function',
      name: found?.name ?? required(tool, 'name', string, `${path}.`),
      ...(description !== undefined && { description }),
      // Without parameters a function takes none.
      schema: optional(tool, 'parameters', object, `${path}.`) ?? { type: 'object', properties: {} },
      ...(strict === true && { strict }),
      ...(deferred && { deferred }),
      ...asExt({
        ...found?.fields,
        // Where nothing is said, the service makes it strict if it can.
        ...(strict === undefined && { strict: null }),
        ...(hidden !== undefined && !deferred && { defer_loading: hidden }),
        ...otherFields(tool, functionFields),
      }),
    };
  }
}

interface Found {
  readonly name: string;
  readonly fields: JsonObject;
}

function readCustom(tool: JsonObject, found: Found | undefined, path: string): CustomTool {
  const description = optional(tool, 'description', string, `${path}.`);
  const format = optional(tool, 'format', object, `${path}.`);
  return {
    type: 'custom',
    name: found?.name ?? required(tool, 'name', string, `${path}.`),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...asExt({ ...found?.fields, ...otherFields(tool, customFields) }),
  };
}

/** Older names of a tool have a date at their end, or say that it was tried out. */
function nativeName(type: string): string {
  return type.replace(/(_preview)?(_\d{4}_\d{2}_\d{2})?$/, '');
}
