import { z } from 'zod';
import { otherForms } from './field.ts';
import { configSchema } from './schema.ts';

/** JSON Schema of the configuration file, for editors and for the wording of complaints. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7', override: addOtherForms });
  return { ...schema, title: 'Dragoman configuration', description: 'dragoman.yaml' };
}

/** The file as it is committed. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

function addOtherForms({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const other = otherForms.get(zodSchema);
  if (other === undefined) return;
  const { description, default: fallback, ...form } = jsonSchema as { [key: string]: unknown };
  for (const key of Object.keys(form)) delete (jsonSchema as { [key: string]: unknown })[key];
  Object.assign(jsonSchema, {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [form, ...other.forms],
  });
}
