import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { launcher } from '../../gateway-process.ts';
import { pathOf } from '../fetched-program.ts';
import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import { claudeCode } from '../programs.ts';
import type { Stage } from '../stage.ts';

/** How one session of Claude Code is run. */
export interface SessionOptions {
  /** Where the gateway is, and what to show it. */
  readonly gateway: { readonly url: string };
  readonly key: string;
  readonly prompt: string;
  /** The working directory. */
  readonly folder: string;
  /** The home directory; a later session of the same home can be resumed. Without it a new one. */
  readonly home?: string;
  /** Tools that may run without asking, beside those that read and edit. */
  readonly allow?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Environment;
  /** Whose API it believes to be speaking to; the default is Anthropic's own. */
  readonly mode?: Mode;
  /** Started by `dragoman code` with this configuration, which tells it where the gateway is. */
  readonly throughConfig?: string;
}

/** Whose API Claude Code believes to be speaking to, and how it shows its key there. */
export type Mode = 'anthropic' | 'bedrock' | 'bedrock, signed' | 'vertex';

type Environment = Readonly<Record<string, string>>;

const modes: Readonly<Record<Mode, (url: string, key: string) => Environment>> = {
  anthropic: (url, key) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key }),
  bedrock: (url, key) => ({ ...bedrock(url), AWS_BEARER_TOKEN_BEDROCK: key }),
  'bedrock, signed': (url, key) => ({ ...bedrock(url), AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: 'any' }),
  vertex: (url, key) => ({
    CLAUDE_CODE_USE_VERTEX: '1',
    ANTHROPIC_VERTEX_BASE_URL: `${url}/v1`,
    ANTHROPIC_VERTEX_PROJECT_ID: 'any',
    CLOUD_ML_REGION: 'global',
    CLAUDE_CODE_SKIP_VERTEX_AUTH: '1',
    ANTHROPIC_AUTH_TOKEN: key,
  }),
};

function bedrock(url: string): Environment {
  return { CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_BEDROCK_BASE_URL: url, AWS_REGION: 'us-east-1' };
}

/** What came of a session. */
export interface Session {
  readonly exitCode: number | null;
  /** Everything it printed, a JSON object a line. */
  readonly events: readonly Json[];
  /** The last event: how it ended. */
  readonly result: Json;
  readonly id: string;
  readonly stderr: string;
}

let sessions = 0;

/** Runs Claude Code without a terminal, to its end or to that of the stage. */
export async function runSession(stage: Stage, options: SessionOptions): Promise<Session> {
  const program = await pathOf(claudeCode);
  sessions += 1;
  const number = sessions;
  const home = options.home ?? stage.makeFolder(`home-${number}`);
  const claudeArgs = [
    '-p',
    options.prompt,
    ...['--output-format', 'stream-json', '--verbose', '--permission-mode', 'acceptEdits'],
    ...(options.allow === undefined ? [] : ['--allowedTools', options.allow.join(',')]),
    ...(options.args ?? []),
  ];
  const direct = options.throughConfig === undefined;
  const command = direct ? program : process.execPath;
  const args = direct ? claudeArgs : [launcher, 'code', '--config', options.throughConfig ?? '', '--', ...claudeArgs];
  const child = spawn(command, args, {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stage.signal,
    killSignal: 'SIGKILL',
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: home,
      CLAUDE_CODE_TMPDIR: home,
      ...quiet,
      ...(direct ? modes[options.mode ?? 'anthropic'](options.gateway.url, options.key) : { DRAGOMAN_CLAUDE: program }),
      ...options.env,
    },
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
  stage.keep(`session-${number}.jsonl`, stdout);
  stage.keep(`session-${number}.stderr`, stderr);
  const events = eventsIn(stdout);
  const result = events.findLast(({ type }) => type === 'result') ?? {};
  return { exitCode, events, result, id: textIn(result['session_id']), stderr };
}

const quiet = {
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
};

function eventsIn(stdout: string): readonly Json[] {
  return stdout.split('\n').flatMap((line) => {
    try {
      return [objectIn(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** The session ended well, with this as its last word. */
export function assertSucceeded(session: Session, lastWord?: string): void {
  const { exitCode, result, stderr } = session;
  const told = `${JSON.stringify(result).slice(0, 600)} ${stderr.slice(0, 400)}`;
  assert.equal(exitCode, 0, `Claude Code ended with ${exitCode ?? 'a signal'}: ${told}`);
  assert.equal(result['subtype'], 'success', told);
  assert.equal(result['is_error'], false, told);
  if (lastWord !== undefined) assert.equal(result['result'], lastWord);
}

/** What the tools gave back in a session, in order, as text. */
export function toolResults({ events }: Session): readonly { readonly text: string; readonly isError: boolean }[] {
  return events
    .filter(({ type }) => type === 'user')
    .flatMap((event) => objectsIn(objectIn(event['message'])['content']))
    .filter((block) => block['type'] === 'tool_result')
    .map(({ content, is_error: isError }) => ({
      text: typeof content === 'string' ? content : JSON.stringify(content),
      isError: isError === true,
    }));
}

/** The blocks of one type that the model gave in a session. */
export function answered({ events }: Session, type: string): readonly Json[] {
  return events
    .filter((event) => event['type'] === 'assistant')
    .flatMap((event) => objectsIn(objectIn(event['message'])['content']))
    .filter((block) => block['type'] === type);
}

/** The times Claude Code tried again, with the status that made it. */
export function retries({ events }: Session): readonly unknown[] {
  return events.filter(({ subtype }) => subtype === 'api_retry').map((event) => event['error_status']);
}
