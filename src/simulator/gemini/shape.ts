import { isObject, type Json, type JsonObject } from '../json.ts';
import { ENUMS, type Field, MESSAGES } from './fields.ts';
import { camel, refuse, snake } from './refusal.ts';

const PACKAGE = 'type.googleapis.com/google.ai.generativelanguage.v1beta';
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

interface Violation {
  readonly field: string;
  readonly description: string;
}

/** Refuses what cannot be read as the message: every unknown name and every value of a wrong type is told at once. */
export function checkShape(body: JsonObject, message: string, vertex: boolean): void {
  const violations: Violation[] = [];
  new ShapeReader(vertex, violations).message(body, message, '');
  if (violations.length === 0) return;
  const fieldViolations = violations.map(({ field, description }) =>
    field === '' ? { description } : { field, description },
  );
  refuse(violations.map(({ description }) => description).join('\n'), {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations,
  });
}

class ShapeReader {
  readonly #vertex: boolean;
  readonly #violations: Violation[];

  constructor(vertex: boolean, violations: Violation[]) {
    this.#vertex = vertex;
    this.#violations = violations;
  }

  message(value: JsonObject, name: string, place: string): void {
    const fields = MESSAGES[name] ?? {};
    for (const [key, member] of Object.entries(value)) {
      const known = camel(key);
      const field = Object.hasOwn(fields, known) ? fields[known] : undefined;
      if (field === undefined || (field.vertexOnly && !this.#vertex)) {
        this.#unknown(key, place, 'Cannot find field.');
      } else if (member !== undefined && member !== null) {
        this.#field(member, field, key, place);
      }
    }
  }

  #field(value: Json, field: Field, key: string, place: string): void {
    const at = place === '' ? snake(key) : `${place}.${snake(key)}`;
    if (field.shape === 'map') {
      if (!isObject(value)) return this.#wrong(value, field.type, at);
      for (const [index, member] of Object.values(value).entries()) {
        this.#value(member ?? null, field.type, `${at}[${index}].value`);
      }
    } else if (field.shape === 'list') {
      // One element may stand without its list.
      const items = Array.isArray(value) ? value : [value];
      for (const [index, item] of items.entries()) this.#value(item, field.type, `${at}[${index}]`);
    } else if (Array.isArray(value) && field.type !== 'any') {
      this.#unknown(key, place, 'Proto field is not repeating, cannot start list.');
    } else this.#value(value, field.type, at);
  }

  #value(value: Json, type: string, at: string): void {
    if (MESSAGES[type] !== undefined) {
      if (isObject(value)) this.message(value, type, at);
      else this.#wrong(value, type, at);
    } else if (!fits(value, type)) this.#wrong(value, type, at);
  }

  #unknown(key: string, place: string, why: string): void {
    const where = place === '' ? '' : ` at '${place}'`;
    const description = `Invalid JSON payload received. Unknown name "${key}"${where}: ${why}`;
    this.#violations.push({ field: place, description });
  }

  #wrong(value: Json, type: string, at: string): void {
    const shown = JSON.stringify(value);
    const why =
      type === 'bytes' && typeof value === 'string'
        ? `(TYPE_BYTES), Base64 decoding failed for ${shown}`
        : `(${SCALARS[type] ?? `${PACKAGE}.${type}`}), ${shown}`;
    this.#violations.push({ field: at, description: `Invalid value at '${at}' ${why}` });
  }
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 'TYPE_STRING',
  int: 'TYPE_INT32',
  number: 'TYPE_FLOAT',
  bool: 'TYPE_BOOL',
  bytes: 'TYPE_BYTES',
  Struct: 'type.googleapis.com/google.protobuf.Struct',
};

function fits(value: Json, type: string): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'Struct':
      return isObject(value);
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return typeof value === 'string' && BASE64.test(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'number':
      return Number.isFinite(Number(value)) && typeof value !== 'boolean' && value !== '';
    case 'int':
      return Number.isInteger(Number(value)) && typeof value !== 'boolean' && value !== '';
    default:
      return typeof value === 'string' && (ENUMS[type] ?? []).includes(value.toUpperCase());
  }
}
