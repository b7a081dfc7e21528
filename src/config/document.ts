import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { ConfigError, type Path, type Place, type Problem, pathText, placeKey } from './problem.ts';
import { substitute } from './substitution.ts';

/** A configuration file as it was written: plain values, and where each stands. */
export interface ConfigDocument {
  /** Not yet checked. Empty for an empty file. */
  readonly value: unknown;
  readonly places: ReadonlyMap<string, Place>;
  /** Credentials whose variable is not set: they are left out of `value`. */
  readonly absent: readonly AbsentVariable[];
}

/** A credential that the configuration takes from a variable which is not set. */
export interface AbsentVariable {
  /** `providers.router.api_key` */
  readonly path: string;
  readonly variable: string;
  /** `dragoman.yaml:12:5` */
  readonly where: string;
}

/** What may be missing: a provider without its credential is known, only not usable; anything else must be said. */
const credentials: ReadonlySet<unknown> = new Set([
  'api_key',
  'client_id',
  'client_secret',
  'access_key_id',
  'secret_access_key',
  'session_token',
  'access_token',
  'credentials',
]);

/**
 * Reads YAML (and so JSON), with `${NAME}` and `${NAME:-default}` in its texts replaced from the environment.
 * Throws `ConfigError` for what is not YAML and for variables that are not set.
 */
export function readDocument(name: string, text: string, env: Environment): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const where = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [malformed] = document.errors;
  if (malformed !== undefined) {
    // What follows the first error of this sort is mostly its consequence.
    const offset = malformed.pos[0];
    const line = text.split('\n')[lines.linePos(offset).line - 1] ?? '';
    const hint = line.includes('$' + '{') ? `. Within { } and [ ], write "\${NAME}" in quotes` : '';
    throw new ConfigError([{ where: where(offset), offset, path: '', message: `${malformed.message}${hint}` }]);
  }
  const problems: Problem[] = [];
  const absent: AbsentVariable[] = [];
  const gone: Path[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return undefined;
      const path = pathOf(ancestors, node);
      const offset = node.range?.[0] ?? 0;
      const result = substitute(node.value, env);
      if ('text' in result) {
        node.value = result.text;
        return undefined;
      }
      if (result.unset !== undefined && isCredential(path)) {
        absent.push({ path: pathText(path), variable: result.unset, where: where(offset) });
        gone.push(path);
        return undefined;
      }
      problems.push({ where: where(offset), offset, path: pathText(path), message: result.complaint });
      return undefined;
    },
  });
  if (problems.length > 0) throw new ConfigError(problems);
  // From the end, since what stands behind a key in a list moves up.
  for (const path of gone.toReversed()) {
    document.deleteIn(path);
    const list = path.slice(0, -1);
    if (typeof path.at(-1) === 'number' && isEmptyList(document.getIn(list))) document.deleteIn(list);
  }

  const places = new Map<string, Place>();
  notePlaces(document.contents, [], (offset) => ({ where: where(offset), offset }), places);
  try {
    return { value: document.toJS() ?? {}, places, absent };
  } catch (cause) {
    // Aliases that multiply beyond reason.
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([{ where: name, path: '', message }], { cause });
  }
}

/** Variables by name; empty ones count as not set. */
export type Environment = { readonly [name: string]: string | undefined };

/** Whether a credential, or one of a list of them, is left out at this path. */
export function isAbsentAt(absent: readonly AbsentVariable[], path: Path): boolean {
  return findAbsent(absent, path) !== undefined;
}

/** The first credential that is left out at this path, alone or in a list. */
export function findAbsent(absent: readonly AbsentVariable[], path: Path): AbsentVariable | undefined {
  const text = pathText(path);
  return absent.find((item) => item.path === text || item.path.startsWith(`${text}[`));
}

/** Several keys may stand in a list. */
function isCredential(path: Path): boolean {
  const [section, , field, number] = path;
  if (section !== 'providers' || !credentials.has(field)) return false;
  return path.length === 3 || (path.length === 4 && field === 'api_key' && typeof number === 'number');
}

function isEmptyList(node: unknown): boolean {
  return isSeq(node) && node.items.length === 0;
}

function pathOf(ancestors: readonly unknown[], leaf: Node): Path {
  const path: (string | number)[] = [];
  ancestors.forEach((ancestor, i) => {
    const child = ancestors[i + 1] ?? leaf;
    if (isSeq(ancestor)) path.push(ancestor.items.indexOf(child));
    // Between a map and its value stands the pair.
    else if (isMap(ancestor)) path.push(keyText((child as { key: unknown }).key));
  });
  return path;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function notePlaces(node: unknown, path: Path, at: (offset: number) => Place, places: Map<string, Place>): void {
  const range = (node as Node | null)?.range;
  if (range) places.set(placeKey(path), at(range[0]));
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const inner = [...path, keyText(key)];
      const start = isScalar(key) ? key.range?.[0] : undefined;
      if (start !== undefined) {
        places.set(placeKey(inner, 'key'), at(start));
        places.set(placeKey(inner), at(start));
      }
      notePlaces(value, inner, at, places);
    }
  } else if (isSeq(node)) {
    // A list alone stands for a rule that has nothing but targets.
    if (path.length === 2 && path[0] === 'models') notePlaces(node, [...path, 'to'], at, places);
    node.items.forEach((item, i) => notePlaces(item, [...path, i], at, places));
  }
}
