// Writes dist/, or the folder that is named: the source and its packages as a few files, for the published package. A
// checkout needs no build.
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

const [target = 'dist'] = process.argv.slice(2);
/** The launcher looks for the program here; the source looks for its version two folders above itself. */
const folder = path.join(target, 'cli');

/** Loaded by threads alone, from where npm puts them: in the bundle they would only be copied. */
const external = [/^gpt-tokenizer/, 'unpdf', 'pino-pretty', 'pino-roll'];

/** Names stay, since they stand in the stacks of errors that are logged. */
const minify = { mangle: false, compress: true, codegen: { removeWhitespace: true } } as const;

/**
 * Node's own modules are taken as they are. To import them makes a module of each that reads everything it exports, and
 * reading `http.WebSocket` alone loads a whole HTTP client: a fifth of the start.
 */
const builtins: Plugin = {
  name: 'builtins',
  resolveId(id) {
    const name = id.replace(/^node:/, '');
    // The runtime of the bundle is made with this one.
    if (name === 'module') return undefined;
    return id.startsWith('node:') || builtinModules.includes(name) ? `\0node:${name}` : undefined;
  },
  load(id) {
    if (!id.startsWith('\0node:')) return undefined;
    return { code: `module.exports = process.getBuiltinModule('${id.slice(1)}');`, moduleType: 'js' };
  },
};

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

async function bundle(input: { readonly [name: string]: string }, plugins: Plugin[]): Promise<readonly OutputChunk[]> {
  const build = await rolldown({ input: { ...input }, platform: 'node', external, plugins, tsconfig: 'tsconfig.json' });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    minify,
    chunkFileNames: '[name].js',
    // Else each of Node's modules would be a file of its own.
    codeSplitting: { groups: [{ name: 'node', test: /^\0node:/ }] },
  });
  await build.close();
  return output.filter((file) => file.type === 'chunk');
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
const program = await bundle({ main: 'src/cli/main.ts', worker: 'src/cli/worker.ts' }, [builtins, data, logTransport]);
const threads = await bundle(
  { 'pdf-worker': 'src/gateway/pdf-worker.ts', 'token-worker': 'src/gateway/token-worker.ts' },
  [],
);
writeFileSync(path.join(target, 'licences.txt'), `${licencesOf([...program, ...threads])}\n`);
