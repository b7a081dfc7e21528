// Writes dist/: the source as JavaScript, for the published package. A checkout needs no build.
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import path from 'node:path';
import { toolScript } from './tool.ts';

rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [toolScript('typescript', 'tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

// Data that the source reads from beside itself.
for (const file of globSync('src/**/*.*', { exclude: ['**/*.ts', '**/fixtures/**'] })) {
  cpSync(file, path.join('dist', path.relative('src', file)));
}
