import { type Operation, operationPath, operations, storing } from '../providers/operation.ts';
import type { CallPath } from './paths.ts';
import type { ClientRequest } from './request.ts';

/** Operations that make things which are then asked for by their ids. */
const withIds: ReadonlySet<Operation> = new Set([...storing, 'containers', 'videos']);

const byPath: ReadonlyMap<string, Operation> = new Map(
  operations
    .filter((operation) => operation !== 'embeddings')
    .map((operation) => [operationPath(operation), operation]),
);

const version = /^\/(?:openai\/)?(?:v1\/)?/;

/** What a path asks for that is passed on as it is; nothing where it is no such path, or another service's own. */
export function relayPathOf({ method, headers }: ClientRequest, path: string): CallPath | undefined {
  // Anthropic has files as well, and others.
  if (headers['anthropic-version'] !== undefined) return undefined;
  const bare = path === '/v2/rerank' ? 'rerank' : path.replace(version, '');
  const [first = '', second, ...more] = bare.split('/');
  const pair = second === undefined ? undefined : byPath.get(`${first}/${second}`);
  const operation = pair ?? byPath.get(first);
  if (operation === undefined) return undefined;
  const rest = pair === undefined ? bare.split('/').slice(1) : more;
  if (rest.length > 0 && !(withIds.has(operation) && rest.every(isSegment))) return undefined;
  return {
    dialect: 'openai-chat',
    operation,
    does: 'relay',
    methods: withIds.has(operation) ? ['GET', 'POST', 'DELETE'] : ['POST'],
    relay: {
      operation,
      method: method === 'GET' || method === 'DELETE' ? method : 'POST',
      rest: rest.map((segment) => `/${segment}`).join(''),
    },
  };
}

/** An id or a word; nothing that would lead to another place. */
function isSegment(segment: string): boolean {
  if (!/^[\w.:%~+@=-]+$/.test(segment)) return false;
  try {
    const meant = decodeURIComponent(segment);
    return meant !== '.' && meant !== '..' && !/[/\\?#\0]/.test(meant);
  } catch {
    return false;
  }
}
