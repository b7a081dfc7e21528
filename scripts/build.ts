// Writes dist/, or the folder that is named: the source and its packages as a few files, for the published package. A
// checkout needs no build.
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

const [target = 'dist'] = process.argv.slice(2);
/** The launcher looks for the program here; the source looks for its version two folders above itself. */
const folder = path.join(target, 'cli');

/** Loaded by threads alone, from where npm puts them: in the bundle they would only be copied. */
const external = [/^gpt-tokenizer/, 'unpdf', 'pino-pretty', 'pino-roll'];

/** Names stay, since they stand in the stacks of errors that are logged. */
const minify = { mangle: false, compress: true, codegen: { removeWhitespace: true } } as const;

/** Of Node's own modules those that are used seldom, or late: they are loaded when something of them is called. */
const late: readonly string[] = ['fs/promises', 'timers/promises', 'tls', 'worker_threads', 'zlib'];

/** Whoever is loaded late has no need of that. */
const loadedLate = /[\\/](?:simulator[\\/].*|doctor)\.ts$/;

/**
 * Node's own modules are taken as they are. To import them makes a module of each that reads everything it exports, and
 * reading `http.WebSocket` alone loads a whole HTTP client: a fifth of the start.
 */
const builtins: Plugin = {
  name: 'builtins',
  resolveId(id, from, { kind }) {
    const importer = from ?? '';
    const name = id.replace(/^node:/, '');
    if (!builtinModules.includes(name) && !id.startsWith('node:')) return undefined;
    const instead = spared.find(({ by, what }) => what === name && by.test(importer));
    if (instead !== undefined) return `\0spared:${name}`;
    if (kind === 'require-call') return `\0required:${name}`;
    return `\0${late.includes(name) && !loadedLate.test(importer) ? 'late' : 'node'}:${name}`;
  },
  load(id) {
    const [, kind, name = ''] = /^\0(late|node|required|spared):(.*)$/.exec(id) ?? [];
    if (kind === undefined) return undefined;
    return { code: codeOf(kind, name), moduleType: 'js' };
  },
};

const builtin = (name: string): string => `process.getBuiltinModule('node:${name}')`;

function codeOf(kind: string, name: string): string {
  if (kind === 'late') return loadedWhenCalled(name);
  if (kind === 'node') return loaded(name);
  if (kind === 'required') return `module.exports = ${builtin(name)};`;
  return `module.exports = ${spared.find(({ what }) => what === name)?.instead};`;
}

function exportsOf(name: string): { readonly [name: string]: unknown } {
  return process.getBuiltinModule(`node:${name}`) as { readonly [name: string]: unknown };
}

/** Of what it exports, only what is used comes into the bundle, and is read. */
function loaded(name: string): string {
  const exported = Object.keys(exportsOf(name))
    .filter((each) => each !== 'default')
    .map((each) => `export const ${each} = /* @__PURE__ */ (() => it.${each})();`);
  return [`const it = ${builtin(name)};`, 'export default it;', ...exported].join('\n');
}

/** Of these a package wants to know one thing at every start, for which they need not be loaded. */
const spared: readonly { readonly by: RegExp; readonly what: string; readonly instead: string }[] = [
  {
    by: /[\\/]sonic-boom[\\/]/,
    what: 'assert',
    instead: `(is, message) => { if (!is) ${builtin('assert')}(is, message); }`,
  },
  // Nothing is a thread that is bundled with it.
  { by: /[\\/]pino[\\/]/, what: 'worker_threads', instead: '{ isMainThread: true }' },
];

function loadedWhenCalled(name: string): string {
  const all = exportsOf(name);
  const functions = Object.keys(all).filter((each) => isCalledAlike(all[each]));
  const exported = functions.map(
    (each) =>
      `export function ${each}(...args) { const { ${each}: it } = ${builtin(name)}; return new.target ? new it(...args) : it(...args); }`,
  );
  return [
    `export default /* @__PURE__ */ new Proxy({}, { get: (_, key) => ${builtin(name)}[key] });`,
    ...exported,
  ].join('\n');
}

/** Whether another function that calls it can stand in its place: `promisify` makes something else of some. */
function isCalledAlike(value: unknown): boolean {
  return typeof value === 'function' && !(promisify.custom in value);
}

/** JSON is read faster than the same as code. */
const data: Plugin = {
  name: 'data',
  transform(code, id) {
    if (!id.endsWith('.json')) return undefined;
    const text = JSON.stringify(JSON.stringify(JSON.parse(code)));
    return { code: `export default JSON.parse(${text});`, moduleType: 'js' };
  },
};

/** Logging by a thread needs files that lie beside its package: that part comes from there, and only when it is used. */
const logTransport: Plugin = {
  name: 'log-transport',
  resolveId(id, importer) {
    return id === 'pino' && isTransport(importer) ? { id, external: true } : undefined;
  },
  load(id) {
    if (!isTransport(id)) return undefined;
    return { code: "module.exports = (options) => require('pino').transport(options);", moduleType: 'js' };
  },
};

function isTransport(id: string | undefined): boolean {
  return id !== undefined && /[\\/]pino[\\/]lib[\\/]transport\.js$/.test(id);
}

/** What the launcher runs is a function, so that it need not put texts of a megabyte together. */
const beginning = `(function (exports, require, module, __filename, __dirname) { 'use strict';`;

/** @param format the launcher runs scripts (`cjs`), Node runs threads. */
async function bundle(
  format: 'cjs' | 'esm',
  input: { readonly [name: string]: string },
  plugins: Plugin[],
): Promise<readonly OutputChunk[]> {
  const build = await rolldown({
    input: { ...input },
    platform: 'node',
    external,
    plugins,
    tsconfig: 'tsconfig.json',
    // The source loads the gateway when there is one to be; the bundle has it with the rest.
    checks: { ineffectiveDynamicImport: false },
  });
  const names = `[name].${format === 'cjs' ? 'cjs' : 'js'}`;
  const { output } = await build.write({
    dir: folder,
    format,
    minify,
    // Packages that stay outside are required: a script that V8 has compiled before can import nothing.
    dynamicImportInCjs: false,
    // A text of one character that is not Latin takes twice the room in memory, and longer to be read.
    charset: 'ascii',
    entryFileNames: names,
    chunkFileNames: names,
    // What a gateway needs at its start is in one file: what is called in another is looked up there at each call.
    codeSplitting: { groups: [{ name: 'gateway', test: /[\\/]cli[\\/](?:serve|explained|compose)\.ts$/ }] },
  });
  await build.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  if (format === 'cjs') {
    for (const { fileName, code } of chunks) writeFileSync(path.join(folder, fileName), `${beginning}${code}\n})`);
  }
  return chunks;
}

/** What was written by others, with the terms under which it may be handed on. */
function licencesOf(chunks: readonly OutputChunk[]): string {
  const packages = new Set<string>();
  for (const { moduleIds } of chunks) {
    for (const id of moduleIds) {
      const found = /^(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];
      if (found !== undefined) packages.add(found);
    }
  }
  return [...packages].sort().map(licenceOf).join('\n\n');
}

function licenceOf(from: string): string {
  const manifest = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  // Some packages have their licence in their manifest alone.
  const [file] = globSync('{licen[cs]e,LICEN[CS]E}*', { cwd: from });
  const terms = file === undefined ? manifest.license : readFileSync(path.join(from, file), 'utf8').trim();
  return `${manifest.name} ${manifest.version}\n\n${terms}`;
}

rmSync(target, { recursive: true, force: true });
const program = await bundle('cjs', { main: 'src/cli/main.ts', worker: 'src/cli/worker.ts' }, [
  builtins,
  data,
  logTransport,
]);
const threads = await bundle(
  'esm',
  { 'pdf-worker': 'src/gateway/pdf-worker.ts', 'token-worker': 'src/gateway/token-worker.ts' },
  [],
);
writeFileSync(path.join(target, 'licences.txt'), `${licencesOf([...program, ...threads])}\n`);
