// Writes docs/providers.md; run it after a change of the provider table: node scripts/run.mjs scripts/write-provider-table.ts
import { writeFileSync } from 'node:fs';
import type { Kind, ModelQuirks, RouteRule } from '../src/providers/kind.ts';
import { clouds } from '../src/providers/kinds/clouds.ts';
import { gateways } from '../src/providers/kinds/gateways.ts';
import { hosts } from '../src/providers/kinds/hosts.ts';
import { locals } from '../src/providers/kinds/locals.ts';
import { makers } from '../src/providers/kinds/makers.ts';
import { isProgram } from './program.ts';

/** The page, relative to this file. */
export const pageUrl = new URL('../docs/providers.md', import.meta.url);

const groups: readonly { readonly title: string; readonly about: string; readonly kinds: readonly Kind[] }[] = [
  { title: 'Those who make models', about: 'At their own addresses.', kinds: makers },
  {
    title: 'Clouds',
    about:
      'Where the models of many makers are run, with identities of their own: [how each knows you](configuration.md#clouds).\n' +
      "`{vertex}` is the host of the location, `{aws}` Amazon's domain in the region.",
    kinds: clouds,
  },
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

\`{account}\`, \`{host}\`, \`{region}\` and the like in an address are the provider's settings of that name. Where several
languages are given, the first is spoken unless the provider says \`speaks\`, or the service has [rules](#services-with-several-languages-at-one-address)
for its models. Quirks hold for the first one unless they name another; where none are named the service is taken to
behave as the language has it.

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
  const lines = kinds.flatMap(({ title, routes = [] }) => routes.map((rule) => `- ${title}, ${ruleText(rule)}`));
  return `## Services with several languages at one address

The model's name decides; of languages that suit it equally well the client's own is spoken, else the first. Of several
paths the first that exists is used, and remembered for that model. With \`speaks\` every model is called in that language.

${lines.join('\n')}
`;
}

function ruleText({ match, speaks, paths, needs, without, only, wrapping }: RouteRule): string {
  const where = paths.map((path) => code(typeof path === 'string' ? path : path.call)).join(', then ');
  const conditions = [
    ...(needs === undefined ? [] : [`where there is ${code(needs)}`]),
    ...(without === undefined ? [] : [`where there is no ${code(without)}`]),
    ...(only === true ? ['nothing else'] : []),
    ...(wrapping === undefined ? [] : ["within the cloud's own requests"]),
  ];
  const more = conditions.length === 0 ? '' : ` (${conditions.join('; ')})`;
  return `models ${match.split('|').map(code).join(', ')}: ${speaks} at ${where}${more}`;
}

function quirksSection(kinds: readonly Kind[]): string {
  const lines = kinds.flatMap(({ kind, quirks = {}, models = [], body }) => [
    ...(Object.keys(quirks).length === 0 ? [] : [`- ${code(kind)}: ${code(yaml(quirks))}`]),
    ...models.map(
      ({ match, speaks, quirks: more }) =>
        `- ${code(kind)}, models ${match.split('|').map(code).join(', ')}${spokenIn(speaks)}: ${code(yaml(more))}`,
    ),
    ...(body === undefined ? [] : [`- ${code(kind)}, fields of each translated request: ${code(yaml(body))}`]),
  ]);
  return `## Quirks

What each service does otherwise than its language has it, as you would write it in \`dragoman.yaml\`; what the words mean
stands in [configuration](configuration.md#quirks). Yours go over these.

${lines.join('\n')}
`;
}

function spokenIn(speaks: ModelQuirks['speaks']): string {
  return speaks === undefined ? '' : `, in ${[speaks].flat().join(' and ')}`;
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

if (isProgram(import.meta.url)) writeFileSync(pageUrl, providerPage());
