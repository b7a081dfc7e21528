import { chunksOf } from '../answer.ts';
import { isObject, type Json, type JsonObject, objectOf, textOf } from '../json.ts';

/** A step from a value to one of its members; names that are no plain words stand in brackets. */
function pathTo(place: string, name: string): string {
  return /^\w+$/.test(name) ? `${place}.${name}` : `${place}['${name.replaceAll("'", "\\'")}']`;
}

/** The pieces in which one value is told: texts in several and an empty last one, everything else at once. */
function pieces(value: Json | undefined, jsonPath: string, size: number): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => pieces(item, `${jsonPath}[${index}]`, size));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => pieces(member, pathTo(jsonPath, name), size));
  }
  if (typeof value === 'number') return [{ jsonPath, numberValue: value }];
  if (typeof value === 'boolean') return [{ jsonPath, boolValue: value }];
  if (typeof value !== 'string') return [{ jsonPath, nullValue: 'NULL_VALUE' }];
  const texts = chunksOf(value, size).map((text) => ({ jsonPath, stringValue: text, willContinue: true }));
  return [...texts, { jsonPath, stringValue: '' }];
}

/** A call in pieces: its name, its arguments bit by bit, and an empty call that ends it. */
export function partialCall(part: JsonObject, size: number): JsonObject[] {
  const { args, ...head } = objectOf(part.functionCall);
  const signature = textOf(part.thoughtSignature);
  const told = pieces(args ?? {}, '$', size);
  const opened = { functionCall: { ...head, ...(told.length > 0 ? { willContinue: true } : {}) } };
  return [
    signature === '' ? opened : { ...opened, thoughtSignature: signature },
    ...told.map((piece) => ({ functionCall: { partialArgs: [piece], willContinue: true } })),
    ...(told.length > 0 ? [{ functionCall: {} }] : []),
  ];
}
