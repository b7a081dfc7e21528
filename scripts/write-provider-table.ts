// Writes docs/providers.md; run it after a change of the provider table: node scripts/run.mjs scripts/write-provider-table.ts
import { writeFileSync } from 'node:fs';
import type { Kind } from '../src/providers/kind.ts';
import { gateways } from '../src/providers/kinds/gateways.ts';
import { hosts } from '../src/providers/kinds/hosts.ts';
import { locals } from '../src/providers/kinds/locals.ts';
import { makers } from '../src/providers/kinds/makers.ts';

/** The page, relative to this file. */
export const pageUrl = new URL('../docs/providers.md', import.meta.url);

const groups: readonly { readonly title: string; readonly about: string; readonly kinds: readonly Kind[] }[] = [
  { title: 'Those who make models', about: 'At their own addresses.', kinds: makers },
  { title: 'Gateways', about: 'Services and proxies that stand before the models of many makers.', kinds: gateways },
  { title: 'Hosts', about: 'Those who run models that others made.', kinds: hosts },
  {
    title: 'On your own machine',
    about:
      'Servers that you run yourself. The address is where such a server listens when nobody tells it otherwise;\n' +
      '`{simulator}` is the simulator within Dragoman, on a port of its own.',
    kinds: locals,
  },
];

const intro = `# Providers

<!-- Written by scripts/write-provider-table.ts from src/providers/kinds/. Change the table there, not this page. -->

A *kind* is a row of a table in Dragoman's source: the address of a service, the language it speaks, the variables in
which its key usually lies, and its quirks. In \`dragoman.yaml\` a provider of a known kind is one line:

\`\`\`yaml
providers:
  router: openrouter                       # the same as { kind: openrouter }
  ds:     { kind: deepseek, speaks: anthropic }
  mine:   { speaks: openai-chat, base_url: "http://127.0.0.1:8000/v1" }   # of no kind: say what it speaks, and where
\`\`\`

\`{account}\` and \`{host}\` in an address are the provider's settings of that name. Where two languages are given, the
first is spoken unless the provider says \`speaks\`. Quirks hold for the first one; in the other language the service is
taken to behave as the language has it.

Without a file, a word of the first column chooses a backend in \`PROXY_BACKEND\`, in capitals and with \`_\` for \`-\`. A
service is found by itself when the variables in **bold** are set; which of several is the default, see
[configuration](configuration.md#without-a-file).

Addresses, variables and quirks follow what the services say of themselves; they have not been tried with a real key of
each. \`npx dragoman doctor\` tells whether one answers you.
`;

/** The whole page, made from the table. */
export function providerPage(): string {
  const sections = groups.map(({ title, about, kinds }) => `## ${title}\n\n${about}\n\n${table(kinds)}\n`);
  const all = groups.flatMap(({ kinds }) => kinds);
  return [intro, ...sections, routesSection(all), quirksSection(all)].join('\n');
}

function table(kinds: readonly Kind[]): string {
  const rows = kinds.map((kind) => [
    [kind.kind, ...(kind.backends ?? [])].map(code).join('<br>'),
    kind.title,
    addresses(kind),
    variables(kind),
    [kind.big, kind.small].flatMap((model) => (model === undefined ? [] : code(model))).join('<br>'),
  ]);
  const head = ['kind', 'service', 'speaks, and where', 'variables', '`big`, `small`'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The language it is spoken to by default comes first. */
function addresses({ speaks, baseUrls }: Kind): string {
  const entries = Object.entries(baseUrls).sort(([a], [b]) => Number(b === speaks) - Number(a === speaks));
  if (entries.length === 0) return `${speaks}: your ${code('base_url')}`;
  return entries.map(([language, url]) => `${language}: ${code(url)}`).join('<br>');
}

/** In bold what suffices to be found, then other names and what may be set besides. */
function variables({ variables: byField, enough, baseUrls }: Kind): string {
  const preferred = (field: string): string => byField[field]?.[0] ?? field;
  const sets = enough.map((fields) => fields.map((field) => `**${code(preferred(field))}**`).join(' and '));
  const needed = new Set(enough.flat());
  const isShown = (field: string): boolean =>
    field !== 'base_url' || needed.has(field) || Object.keys(baseUrls).length === 0;
  const others = Object.entries(byField)
    .filter(([field]) => isShown(field))
    .flatMap(([field, names]) => (needed.has(field) ? names.slice(1) : names));
  const more = others.length === 0 ? '' : `${sets.length > 0 ? 'also ' : ''}${others.map(code).join(', ')}`;
  return [sets.join(', or '), more].filter((part) => part !== '').join('<br>');
}

function routesSection(kinds: readonly Kind[]): string {
  const lines = kinds.flatMap(({ title, routes = [] }) =>
    routes.map(
      ({ match, speaks, paths }) =>
        `- ${title}, models ${code(match)}: ${speaks} at ${paths.map((path) => code(typeof path === 'string' ? path : path.call)).join(', then ')}`,
    ),
  );
  return `## Services with several languages at one address

The model's name decides. Of several paths the first that exists is used, and remembered for that model.

${lines.join('\n')}
`;
}

function quirksSection(kinds: readonly Kind[]): string {
  const lines = kinds.flatMap(({ kind, quirks = {}, models = [], body }) => [
    ...(Object.keys(quirks).length === 0 ? [] : [`- ${code(kind)}: ${code(yaml(quirks))}`]),
    ...models.map(({ match, quirks: more }) => `- ${code(kind)}, models ${code(match)}: ${code(yaml(more))}`),
    ...(body === undefined ? [] : [`- ${code(kind)}, fields of each translated request: ${code(yaml(body))}`]),
  ]);
  return `## Quirks

What each service does otherwise than its language has it, as you would write it in \`dragoman.yaml\`; what the words mean
stands in [configuration](configuration.md#quirks). Yours go over these.

${lines.join('\n')}
`;
}

/** Flow style, as in the examples: `{ files: false, efforts: [low, high] }`. */
function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([field, inner]) => `${field}: ${yaml(inner)}`)
    .join(', ')} }`;
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) writeFileSync(pageUrl, providerPage());
