import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import { knownKinds } from '../providers/table.ts';
import { compose } from './compose.ts';

test('a configuration that cannot be used leaves no simulator behind that would keep the program running', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-compose-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'dragoman.yaml');
  writeFileSync(
    file,
    'providers: { s: { kind: simulator }, odd: { kind: nosuchkind } }\nmodels: { "*": { to: s/* } }\n',
  );
  const config = loadConfig({ file, cwd: folder, env: {}, kinds: knownKinds });
  const servers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'TCPServerWrap').length;
  const before = servers();
  await assert.rejects(compose(config), ConfigError);
  // A handle goes some turns after its server has closed.
  for (let turn = 0; servers() > before && turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(servers(), before);
});
