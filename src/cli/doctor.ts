import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import pc from 'picocolors';
import type { GatewayError } from '../canon/error.ts';
import type { Config } from '../config/config.ts';
import { configFileNames } from '../config/load.ts';
import { ConfigError, pathText } from '../config/problem.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { everyKey } from '../providers/build.ts';
import type { Provider } from '../providers/provider.ts';
import { sendWhole } from '../upstream/whole.ts';
import { compose } from './compose.ts';
import { type ConfigOptions, configure } from './configure.ts';
import { ruleText } from './rule-text.ts';
import { runningGateway } from './running.ts';
import { version } from './version.ts';

/** What one look found, and what to do when it is not as it should be. */
interface Finding {
  readonly state: 'ok' | 'note' | 'wrong';
  readonly what: string;
  readonly mend?: string;
}

/** How long a provider may take to show that it is there, milliseconds. */
const patienceMs = 8_000;

/** `dragoman doctor`: what is configured, what is reachable, what is wrong and how to mend it. Exits with 1 when something is wrong. */
export async function runDoctor({
  offline,
  ...options
}: ConfigOptions & { readonly offline?: boolean }): Promise<void> {
  const report = new Report();
  report.section('This machine', [
    { state: 'ok', what: `Dragoman ${version} on Node ${process.versions.node}` },
    await claudeCode(),
    ...environmentTraps(),
  ]);
  const config = readConfig(options, report);
  if (config !== undefined) await examine(config, offline === true, report);
  report.conclude();
}

function readConfig(options: ConfigOptions, report: Report): Config | undefined {
  try {
    const config = configure(options);
    report.section('Configuration', [
      config.file === undefined
        ? { state: 'ok', what: `from the environment: there is no ${configFileNames[0]} in this folder` }
        : { state: 'ok', what: config.file },
    ]);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report.section('Configuration', configProblems(error));
    return undefined;
  }
}

function configProblems({ problems }: ConfigError): Finding[] {
  return problems.map(({ where, path, message }) => ({
    state: 'wrong',
    what: `${where}  ${path}`.trimEnd(),
    mend: message,
  }));
}

async function examine(config: Config, offline: boolean, report: Report): Promise<void> {
  let composed: Awaited<ReturnType<typeof compose>>;
  try {
    composed = await compose(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report.section('Providers', configProblems(error));
    return;
  }
  const { gateway, close } = composed;
  try {
    const providers = [...everyKey(gateway.providers).values()];
    const findings = providers.map((provider) => examineProvider(gateway, provider, config, offline));
    report.section('Providers', [...(await Promise.all(findings)), ...keysLeftOut(config)]);
    report.section('Models', models(config, gateway));
    report.section('Address', [await address(config)]);
  } finally {
    await close();
  }
}

async function examineProvider(
  gateway: Gateway,
  provider: Provider,
  config: Config,
  offline: boolean,
): Promise<Finding> {
  const title = provider.kind === undefined ? '' : `${provider.title}, `;
  const what = `${provider.name}  (${title}speaks ${provider.speaks})  ${provider.baseUrl}`;
  if (provider.missing !== undefined) return { state: 'wrong', what, mend: howToGive(provider, config) };
  if (offline) return { state: 'note', what: `${what}  (not called)` };
  const began = performance.now();
  try {
    const headers = { accept: 'application/json', 'user-agent': gateway.userAgent };
    const request = { method: 'GET', ...provider.probe, headers } as const;
    const answer = await sendWhole(gateway.sender, {
      ...request,
      headers: { ...headers, ...(await provider.authorize(request)) },
      timeouts: { ...provider.timeouts, connect: patienceMs, firstByte: patienceMs, total: patienceMs },
    });
    return judged(provider, `${what}  ${Math.round(performance.now() - began)} ms`, answer.status);
  } catch (error) {
    return { state: 'wrong', what, mend: unreachable(provider, error as GatewayError) };
  }
}

/** Of several keys those that are not set are left out, and the rest works. */
function keysLeftOut({ absent, providers }: Config): Finding[] {
  return absent
    .filter(({ path }) =>
      Object.entries(providers).some(
        ([name, { api_key: key }]) =>
          key !== undefined && path.startsWith(`${pathText(['providers', name, 'api_key'])}[`),
      ),
    )
    .map(({ path, variable }) => ({ state: 'note', what: `${path} is left out`, mend: `export ${variable}=...` }));
}

/** What is missing, and the line that gives it. */
function howToGive({ configName, missing = '' }: Provider, { absent }: Config): string {
  const variable = absent.find(({ path }) => path.startsWith(`providers.${configName}.`))?.variable;
  return variable === undefined ? missing : `export ${variable}=...   (${missing})`;
}

function judged(provider: Provider, what: string, status: number): Finding {
  if (status === 401 || status === 403) {
    return {
      state: 'wrong',
      what,
      mend: `It answers ${status}: the credential is refused. Check api_key of providers.${provider.configName}, and that no blank or quote has slipped in.`,
    };
  }
  if (status >= 500)
    return { state: 'note', what, mend: `It answers ${status}: it is there, but not well at the moment.` };
  if (status >= 400)
    return {
      state: 'note',
      what,
      mend: `It answers ${status} to ${provider.probe.path}: it is there, but this does not prove the credential.`,
    };
  return { state: 'ok', what };
}

function unreachable(provider: Provider, error: GatewayError): string {
  // A credential that is not to be had says itself what to do.
  if (error.kind === 'authentication') return error.message;
  const local = /\/\/(127\.|localhost|\[::1\])/.test(provider.baseUrl);
  const advice = local
    ? 'Is the server running? Start it, or correct base_url.'
    : 'Check base_url, the network, and HTTPS_PROXY if there is a proxy.';
  return `${error.message} ${advice}`;
}

function models({ models: rules, default_provider: fallback }: Config, gateway: Gateway): Finding[] {
  const findings = rules.map((rule): Finding => ({ state: 'ok', what: `${rule.pattern} -> ${ruleText(rule)}` }));
  if (fallback !== undefined) findings.push({ state: 'ok', what: `everything else -> ${fallback}` });
  else if (!rules.some(({ pattern }) => pattern === '*')) {
    findings.push({
      state: 'note',
      what: 'names that no rule takes are refused, but for PROVIDER/MODEL',
      mend: 'Add a rule for "*" if they should be served: "*": { to: PROVIDER/* }',
    });
  }
  // Claude Code asks for these by name, whatever the user chose.
  for (const name of ['claude-opus-5-5', 'claude-haiku-4-5']) {
    try {
      const [target] = gateway.plan(name);
      if (target !== undefined)
        findings.push({ state: 'ok', what: `Claude Code's ${name} -> ${target.provider}/${target.model}` });
    } catch {
      findings.push({
        state: 'note',
        what: `Claude Code's ${name} has no target`,
        mend: 'Add a rule for "claude-*", or start Claude Code with --model NAME.',
      });
    }
  }
  return findings;
}

async function address({ server, auth }: Config): Promise<Finding> {
  const open = auth.keys.length === 0 ? 'open to this machine, no key asked for' : `keys: ${auth.keys.length}`;
  const where = `${server.host}:${server.port}, ${open}`;
  const taken = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen(server.port, server.host, () => probe.close(() => resolve(undefined)));
  });
  if (taken === undefined) return { state: 'ok', what: `${where}, free` };
  if (taken !== 'EADDRINUSE')
    return {
      state: 'wrong',
      what: where,
      mend: `This address cannot be used (${taken}). Choose another with --host and --port.`,
    };
  if ((await runningGateway({ server })) !== undefined) return { state: 'ok', what: `${where}, Dragoman runs there` };
  return {
    state: 'note',
    what: `${where}, in use`,
    mend: 'Something else has the port: choose another with --port.',
  };
}

async function claudeCode(): Promise<Finding> {
  const command = process.env['DRAGOMAN_CLAUDE'] ?? 'claude';
  try {
    const { stdout } = await promisify(execFile)(command, ['--version'], { timeout: patienceMs });
    return { state: 'ok', what: `Claude Code ${stdout.trim()}` };
  } catch {
    return { state: 'note', what: 'Claude Code is not installed', mend: 'npm install -g @anthropic-ai/claude-code' };
  }
}

/** Settings of other programs that change what happens here. */
function environmentTraps(): Finding[] {
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find(
    (name) => (process.env[name] ?? '') !== '',
  );
  return proxy === undefined
    ? []
    : [
        {
          state: 'note',
          what: `calls to providers go through the proxy of ${proxy}; exceptions are taken from NO_PROXY`,
        },
      ];
}

/** Prints as it goes, and remembers whether anything is wrong. */
class Report {
  #wrong = 0;
  #notes = 0;

  section(title: string, findings: readonly Finding[]): void {
    process.stdout.write(`\n${pc.bold(title)}\n`);
    for (const { state, what, mend } of findings) {
      const mark = { ok: pc.green('ok   '), note: pc.yellow('note '), wrong: pc.red('WRONG') }[state];
      process.stdout.write(`  ${mark}  ${what}\n`);
      if (mend !== undefined) process.stdout.write(`         ${pc.dim('->')} ${mend}\n`);
      if (state === 'wrong') this.#wrong += 1;
      if (state === 'note') this.#notes += 1;
    }
  }

  conclude(): void {
    const told = this.#wrong > 0 ? pc.red(`${this.#wrong} wrong`) : pc.green('nothing wrong');
    process.stdout.write(`\n${told}${this.#notes > 0 ? `, ${this.#notes} to note` : ''}\n`);
    process.exitCode = this.#wrong > 0 ? 1 : 0;
  }
}
