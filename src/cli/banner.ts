import pc from 'picocolors';
import type { Config } from '../config/config.ts';
import type { Provider } from '../providers/provider.ts';
import { ruleText } from './rule-text.ts';
import { version } from './version.ts';

/** What is told of a provider. */
export interface ProviderRow extends Pick<Provider, 'name' | 'speaks' | 'baseUrl'> {
  readonly kind?: string | undefined;
}

/** What a person who has just started the gateway wants to know: where it is, whom it found, what to paste. */
export function banner(config: Config, providers: readonly ProviderRow[], url: string): string {
  const simulated = config.file === undefined && providers.every(({ kind }) => kind === 'simulator');
  const lines = [
    `${pc.bold('Dragoman')} ${version}   ${pc.cyan(url)}   ${pc.dim(config.file ?? 'configured by the environment')}`,
    '',
    ...table(
      'providers',
      providers.map(({ name, speaks, baseUrl }) => [name, speaks, baseUrl]),
    ),
    ...table(
      'models',
      config.models.map((rule) => [rule.pattern, `-> ${ruleText(rule)}`]),
    ),
    ...(simulated
      ? [
          pc.yellow(
            '  No provider is configured: the built-in simulator answers. Run "npx dragoman doctor" to see how to reach a real model.',
          ),
          '',
        ]
      : []),
    pc.bold('  Claude Code:'),
    `    export ANTHROPIC_BASE_URL=${url}`,
    `    export ANTHROPIC_AUTH_TOKEN=${tokenHint(config)}`,
    '',
    `  ${pc.bold('OpenAI clients:')} base URL ${url}/v1      ${pc.bold('Try it:')} curl ${url}/health`,
    '',
  ];
  return lines.join('\n');
}

/** The key itself is not printed: terminals are recorded. */
function tokenHint(config: Config): string {
  return config.auth.keys.length === 0 ? 'any' : '<one of auth.keys>';
}

function table(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line, i) => `  ${pc.dim((i === 0 ? title : '').padEnd(10))} ${line}`).concat('');
}
