// Installs the LiteLLM proxy from PyPI into a temporary folder, once, and runs the tests that need it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { litellmFolder, litellmProgram } from './litellm-program.ts';

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) return;
  process.stderr.write(`${command} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}\n`);
  process.exit(1);
}

if (!existsSync(litellmProgram)) {
  process.stdout.write('Installing the LiteLLM proxy; this takes a minute or two ...\n');
  run('python3', ['-m', 'venv', litellmFolder]);
  run(join(litellmFolder, 'bin', 'pip'), ['install', '--quiet', 'litellm[proxy]']);
}
run(process.execPath, ['--test', 'test/litellm.test.ts']);
