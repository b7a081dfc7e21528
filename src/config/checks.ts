import { isIP } from 'node:net';
import type { Config } from './config.ts';
import type { Problem } from './problem.ts';
import { weighing } from './route-schema.ts';
import { suggest } from './suggestion.ts';

/** What is wrong although every field alone is right. */
export function complaintsAbout(config: Config): Problem[] {
  return [...openToOthers(config), ...unknownProviders(config), ...stars(config), ...contradictions(config)];
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (name === 'localhost' || name === '::1') return true;
  const mapped = name.replace(/^::ffff:/, '');
  return isIP(mapped) === 4 && mapped.startsWith('127.');
}

function openToOthers({ server, auth, source }: Config): Problem[] {
  if (auth.keys.length > 0 || isLoopback(server.host)) return [];
  const message = `"${server.host}" can be reached by others, and there are no keys. Write auth: { keys: ["\${DRAGOMAN_KEY}"] }, or set DRAGOMAN_KEY, or listen on 127.0.0.1`;
  return [source.problem(['server', 'host'], message)];
}

function unknownProviders({ models, providers, default_provider: fallback, source }: Config): Problem[] {
  const known = Object.keys(providers);
  const complain = (path: (string | number)[], name: string): Problem[] =>
    Object.hasOwn(providers, name) ? [] : [source.problem(path, `unknown provider "${name}".${suggest(name, known)}`)];
  return [
    ...(fallback === undefined ? [] : complain(['default_provider'], fallback)),
    ...models.flatMap(({ pattern, to }) =>
      to.flatMap(({ target }, i) => complain(['models', pattern, 'to', i], target.slice(0, target.indexOf('/')))),
    ),
  ];
}

function stars({ models, source }: Config): Problem[] {
  const problems: Problem[] = [];
  for (const { pattern, to } of models) {
    const path = ['models', pattern];
    const inPattern = pattern.split('*').length - 1;
    if (inPattern > 1) {
      problems.push(source.keyProblem(path, 'a pattern has at most one *'));
    }
    to.forEach(({ target }, i) => {
      const inTarget = target.split('*').length - 1;
      if (inTarget > 1) problems.push(source.problem([...path, 'to', i], 'a target has at most one *'));
      else if (inTarget === 1 && inPattern === 0) {
        problems.push(
          source.problem([...path, 'to', i], `"${pattern}" has no * whose match could stand for the * here`),
        );
      }
    });
  }
  return problems;
}

/** What a rule says that its other words make meaningless. */
function contradictions({ models, source }: Config): Problem[] {
  return models.flatMap(({ pattern, to, strategy }) =>
    to.flatMap(({ weight, when = {} }, i) => {
      const path = ['models', pattern, 'to', i];
      const problems: Problem[] = [];
      if (weight !== undefined && strategy !== undefined && !weighing.has(strategy)) {
        const message = `means nothing with strategy: ${strategy}. Write strategy: weighted, or leave strategy out`;
        problems.push(source.problem([...path, 'weight'], message));
      }
      if (when.min_input !== undefined && when.max_input !== undefined && when.min_input > when.max_input) {
        const message = `is more than max_input, ${when.max_input}: no call is between them`;
        problems.push(source.problem([...path, 'when', 'min_input'], message));
      }
      return problems;
    }),
  );
}
