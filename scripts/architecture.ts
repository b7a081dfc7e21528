// Checks the walls between the rooms (.dependency-cruiser.cjs) and that the checker has really seen every file.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { toolScript } from './tool.ts';

/** The parts of dependency-cruiser's JSON report that are read here. */
interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly cycle?: readonly { readonly name: string }[];
    }[];
  };
}

interface Config {
  readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
}

const configFile = '.dependency-cruiser.cjs';
const folders = ['src', 'test', 'bench', 'conformance', 'scripts', 'bin'];
/** Folders and files named so collect what belongs elsewhere. */
const homeless = /(^|[/.-])(utils?|helpers?|common|shared|misc)([/.-]|$)/;

const config = createRequire(import.meta.url)(path.resolve(configFile)) as Config;
const files = globSync(folders.map((folder) => `${folder}/**/*.{ts,mjs}`))
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => !/(^|\/)fixtures\//.test(file))
  .sort();

const problems = [...misplaced(), ...unseenOrForbidden()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${files.length} modules, ${config.forbidden.length} rules, no violation`);

function misplaced(): string[] {
  const rooms = new Set(config.forbidden.map((rule) => /^(.+)-imports-downwards$/.exec(rule.name)?.[1]));
  const found: string[] = [];
  if (!files.some((file) => file.startsWith('src/'))) found.push('src/ has no module: there is nothing to check.');
  for (const file of files) {
    const [folder, room] = file.split('/');
    if (folder === 'src' && !rooms.has(room)) found.push(`${file}: no room of this name in ${configFile}`);
    if (homeless.test(file)) found.push(`${file}: a name that says nothing; a thing lives with what it means`);
  }
  return found;
}

function unseenOrForbidden(): string[] {
  const report = cruise();
  const seen = new Set(report.modules.map((module) => module.source));
  const unseen = files.filter((file) => !seen.has(file)).map((file) => `${file}: not seen by dependency-cruiser`);
  const reasons = new Map(config.forbidden.map((rule) => [rule.name, rule.comment]));
  const forbidden = report.summary.violations.map(({ from, to, rule, cycle }) => {
    const way = cycle === undefined ? to : cycle.map((step) => step.name).join(' -> ');
    return `${from} -> ${way}\n  ${rule.name}: ${reasons.get(rule.name) ?? ''}`;
  });
  return [...unseen, ...forbidden];
}

function cruise(): Report {
  const program = toolScript('dependency-cruiser', 'depcruise');
  const present = folders.filter((folder) => files.some((file) => file.startsWith(`${folder}/`)));
  const args = [program, '--config', configFile, '--output-type', 'json', ...present];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  // The number of violations is its exit code with some reporters, so that only the report itself tells of success.
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no report (exit code ${status}):\n${stderr}`);
  return JSON.parse(stdout) as Report;
}
