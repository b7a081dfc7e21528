import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { refuseField, snake } from './refusal.ts';

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  STRING: ['enum', 'date-time'],
  NUMBER: ['float', 'double'],
  INTEGER: ['int32', 'int64'],
};

/** Refuses a schema of Google's own kind that contradicts itself. */
export function checkSchema(schema: JsonObject, place: string): void {
  const type = textOf(schema.type).toUpperCase();
  const properties = objectOf(schema.properties);
  const names = Object.keys(properties);
  if (type === 'OBJECT' && names.length === 0)
    refuseField(`${place}.properties`, 'should be non-empty for OBJECT type');
  if (type === 'ARRAY' && schema.items === undefined) refuseField(`${place}.items`, 'missing field.');
  if (schema.enum !== undefined && type !== 'STRING') refuseField(`${place}.enum`, 'only allowed for STRING type');
  if (listOf(schema.enum).includes('')) refuseField(`${place}.enum[0]`, 'cannot be empty');
  const format = textOf(schema.format);
  const known = FORMATS[type] ?? [];
  if (format !== '' && !known.includes(format)) {
    const list = known.map((name) => `'${name}'`).join(' and ');
    refuseField(`${place}.format`, `only ${list || 'no format'} are supported for ${type} type`);
  }
  for (const [index, name] of listOf(schema.required).entries()) {
    if (!names.includes(textOf(name))) refuseField(`${place}.required[${index}]`, 'property is not defined');
  }
  for (const name of names) checkSchema(objectOf(properties[name]), `${place}.properties[${name}]`);
  if (schema.items !== undefined) checkSchema(objectOf(schema.items), `${place}.items`);
  for (const [index, inner] of listOf(schema.anyOf).entries()) {
    checkSchema(objectOf(inner), `${place}.${snake('anyOf')}[${index}]`);
  }
}
