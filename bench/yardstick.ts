import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { requestBody } from './body.ts';
import { folder, run } from './process.ts';

const script = fileURLToPath(new URL('yardstick-work.ts', import.meta.url));

/** CPU microseconds of one JSON.parse and one JSON.stringify of the 200 KB body, in a process of its own. */
export async function measureYardstick(): Promise<number> {
  const file = path.join(folder, 'yardstick.json');
  writeFileSync(file, requestBody('anthropic', 'large', 'bench-model', false));
  return Number(await run(process.execPath, ['--no-warnings', script, file]));
}
