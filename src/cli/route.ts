import pc from 'picocolors';
import { type Ability, abilities, type Needs } from '../policy/needs.ts';
import { usualInput } from '../policy/usual-cost.ts';
import { compose } from './compose.ts';
import { type ConfigOptions, configure } from './configure.ts';
import { type ExplainedTarget, explainRoute, type RouteExplanation } from './route-explanation.ts';

/** What the command line says of a call. */
export interface RouteOptions extends ConfigOptions {
  readonly explain?: boolean;
  readonly json?: boolean;
  readonly needs?: readonly Ability[];
  /** Tokens of the prompt. */
  readonly input?: number;
  readonly session?: string;
}

/** `dragoman route`: where a call for a model goes, and with `--explain` why. */
export async function runRoute(model: string, options: RouteOptions): Promise<void> {
  const { explain, json, needs: asked = [], input = usualInput, session, ...configuration } = options;
  const config = configure(configuration);
  const { gateway, router, close } = await compose(config);
  try {
    const question = { model, needs: needsFor(asked, input), ...(session !== undefined && { session }) };
    const explanation = explainRoute({ config, gateway, router }, question);
    process.stdout.write(
      json === true ? `${JSON.stringify(explanation, null, 2)}\n` : text(explanation, explain === true),
    );
  } finally {
    await close();
  }
}

function needsFor(asked: readonly Ability[], input: number): Needs {
  const needed = (ability: Ability): boolean => asked.includes(ability);
  return {
    images: needed('images'),
    pdf: needed('pdf'),
    tools: needed('tools'),
    thinking: needed('thinking'),
    structured: needed('structured'),
    input,
  };
}

function text(explanation: RouteExplanation, explain: boolean): string {
  const { order, leftOut } = explanation;
  if (!explain) return order.map(({ target }) => `${target}\n`).join('');
  const rows = [...order, ...leftOut].map(cells);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = [...order, ...leftOut].map((target, i) => {
    const place = i < order.length ? pc.green(String(i + 1).padStart(3)) : pc.yellow('  -');
    const row = rows[i]?.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ') ?? '';
    const why = target.why.map((reason) => `       ${pc.dim('->')} ${reason}\n`).join('');
    return `${place}  ${row.trimEnd()}\n${why}`;
  });
  return `\n${pc.bold(explanation.model)}  by ${explanation.because}\n  ${manner(explanation)}\n  ${callText(explanation.needs)}\n\n${lines.join('')}`;
}

function manner({ strategy, sticky, onCut, hedge, order, leftOut }: RouteExplanation): string {
  if (order.length + leftOut.length === 1) return 'one target';
  return [
    strategy,
    ...(sticky ? ['sessions stay where they are'] : []),
    `on a cut: ${onCut}`,
    ...(hedge === undefined ? [] : [`a second request after the quantile ${hedge}`]),
  ].join(', ');
}

function callText(needs: Needs): string {
  const asked = abilities.filter((ability) => needs[ability]);
  return `for a call of ${tokensText(needs.input)} tokens${asked.length === 0 ? '' : ` with ${asked.join(', ')}`}`;
}

/** `150k` for 150000. */
function tokensText(tokens: number): string {
  return tokens % 1000 === 0 ? `${tokens / 1000}k` : String(tokens);
}

function cells({ target, speaks, input, output, window, weight, lacks }: ExplainedTarget): string[] {
  const price = input === undefined || output === undefined ? 'price unknown' : `$${input} in, $${output} out`;
  const cannot = lacks.filter(({ madeUp }) => !madeUp).map(({ ability }) => ability);
  return [
    target,
    speaks ?? '',
    price,
    window === undefined ? 'window unknown' : `window ${tokensText(window)}`,
    weight === undefined ? '' : `weight ${Number(weight.toPrecision(3))}`,
    cannot.length === 0 ? '' : `no ${cannot.join(', no ')}`,
  ];
}
