// Writes src/wire/nested-code.ts: what src/wire/nested.wat is compiled to.
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const source = new URL('../src/wire/nested.wat', import.meta.url);
const target = new URL('../src/wire/nested-code.ts', import.meta.url);
const lineLength = 116;

/** The module that holds the compiled code, in base64. */
export async function nestedModule(): Promise<string> {
  const { parseWat } = await wabt();
  const parsed = parseWat('nested.wat', readFileSync(source, 'utf8'), { simd: true });
  try {
    parsed.validate();
    const text = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
    const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
    return [
      '/** What `nested.wat` is compiled to, in base64; written by `scripts/write-nested.ts`. */',
      'export const nestedCode = [',
      ...lines.map((line) => `  '${line}',`),
      "].join('');",
      '',
    ].join('\n');
  } finally {
    parsed.destroy();
  }
}

if (import.meta.main) writeFileSync(target, await nestedModule());
