// Writes docs/dragoman.schema.json; run it after a change of the schema.
import { mkdirSync, writeFileSync } from 'node:fs';
import { configJsonSchemaText } from './json-schema.ts';

mkdirSync(new URL('../../docs/', import.meta.url), { recursive: true });
writeFileSync(new URL('../../docs/dragoman.schema.json', import.meta.url), configJsonSchemaText());
