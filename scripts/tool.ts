import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The script behind a command of an installed package. `.bin` is not used: on Windows it holds batch files, which only
 * a shell starts, and they look for a Node of their own.
 */
export function toolScript(packageName: string, command: string): string {
  const folder = path.resolve('node_modules', packageName);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly bin?: string | Readonly<Record<string, string>>;
  };
  const file = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[command];
  if (file === undefined) throw new Error(`package ${packageName} has no command ${command}`);
  return path.join(folder, file);
}
