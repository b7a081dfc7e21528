import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathOf } from '../fetched-program.ts';
import { type Json, jsonIn, objectIn, textIn } from '../json.ts';
import { codex } from '../programs.ts';
import type { Stage } from '../stage.ts';

/** How one session of Codex is run. */
export interface CodexOptions {
  readonly gateway: { readonly url: string };
  readonly key: string;
  readonly prompt: string;
  /** The working directory. */
  readonly folder: string;
  /** The home directory; a later session of the same home can be resumed. Without it a new one. */
  readonly home?: string;
  /** Goes on with the last session of that home. */
  readonly resume?: boolean;
  /** Lines for its configuration that belong to no section. */
  readonly config?: readonly string[];
  /** Whole sections for it. */
  readonly sections?: readonly string[];
}

/** What came of a session. */
export interface CodexSession {
  readonly exitCode: number | null;
  /** What was done and said, in order. */
  readonly items: readonly Json[];
  /** Everything it printed, a JSON object a line. */
  readonly events: readonly Json[];
  readonly stderr: string;
}

/** The model that Codex asks for: one that it knows the tools of. */
const codexModel = 'gpt-5.5';

let sessions = 0;

/** Runs Codex without a terminal, to its end or to that of the stage. */
export async function runCodex(stage: Stage, options: CodexOptions): Promise<CodexSession> {
  const program = await pathOf(codex);
  sessions += 1;
  const number = sessions;
  const home = options.home ?? stage.makeFolder(`codex-${number}`);
  writeFileSync(path.join(home, 'config.toml'), configuration(options));
  const flags = ['--json', '--skip-git-repo-check', ...(options.resume === true ? ['--last'] : []), options.prompt];
  const args = ['exec', ...(options.resume === true ? ['resume'] : []), ...flags];
  const child = spawn(program, args, {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stage.signal,
    killSignal: 'SIGKILL',
    env: { PATH: process.env['PATH'], HOME: home, CODEX_HOME: home, TMPDIR: home, DRAGOMAN_KEY: options.key },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  stage.keep(`codex-${number}.jsonl`, stdout);
  stage.keep(`codex-${number}.stderr`, stderr);
  const events = stdout.split('\n').map((line) => objectIn(jsonIn(line)));
  const items = events.filter(({ type }) => type === 'item.completed').map(({ item }) => objectIn(item));
  return { exitCode, items, events, stderr };
}

/** It runs within the sandbox of whoever plays the scenarios; one inside of it would not work everywhere. */
function configuration({ gateway, config = [], sections = [] }: CodexOptions): string {
  return `model = "${codexModel}"
model_provider = "dragoman"
sandbox_mode = "danger-full-access"
approval_policy = "never"
${config.join('\n')}

[model_providers.dragoman]
name = "Dragoman"
base_url = "${gateway.url}/v1"
wire_api = "responses"
env_key = "DRAGOMAN_KEY"

${sections.join('\n\n')}
`;
}

/** The session ended well, with this as its last word. */
export function assertEnded({ exitCode, items, events, stderr }: CodexSession, lastWord: string): void {
  const told = `${JSON.stringify(events.slice(-3)).slice(0, 600)} ${stderr.slice(0, 400)}`;
  assert.equal(exitCode, 0, `Codex ended with ${exitCode ?? 'a signal'}: ${told}`);
  assert.ok(
    events.some(({ type }) => type === 'turn.completed'),
    told,
  );
  const failed = events.filter(({ type }) => type === 'error' || type === 'turn.failed');
  assert.deepEqual(failed, [], 'Codex met with an error');
  assert.equal(itemsOf(items, 'agent_message').at(-1)?.['text'], lastWord);
}

/** The items of one type. */
export function itemsOf(items: readonly Json[], type: string): readonly Json[] {
  return items.filter((item) => textIn(item['type']) === type);
}
