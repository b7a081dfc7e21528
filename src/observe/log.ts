import pino from 'pino';
import { totalInput } from '../canon/usage.ts';
import { CacheWarnings, cacheWords } from './cache-words.ts';
import { type CallRecord, calls } from './call.ts';
import { callLine } from './call-line.ts';
import { GatheredLines, type Line } from './gathered.ts';
import type { Redact } from './redact.ts';

export type Log = pino.Logger;

export interface LogOptions {
  readonly level: string;
  /** `pretty` is for people, `json` for machines. */
  readonly format: 'pretty' | 'json';
  /** Written instead of the terminal, and turned over when it has grown to `maxBytes`. */
  readonly file?: { readonly path: string; readonly maxBytes: number; readonly keep: number };
  readonly redact: Redact;
}

/** A log and where its lines go. */
export interface RunningLog {
  readonly log: Log;
  /** Takes a whole line, its end included; for what is written too often to be put together by rules. */
  write(line: Line): void;
  /** Resolves when all lines are written. */
  end(): Promise<void>;
}

/** A log that never makes a call wait. */
export function createLog(options: LogOptions): RunningLog {
  const { level, format, file, redact } = options;
  const { stream, write, end } = format === 'json' && file === undefined ? standardOutput() : worker(options);
  const log = pino(
    { level, base: null, serializers: { err: (error: unknown) => describeError(error, redact) } },
    stream,
  );
  return { log, write: write ?? ((line) => stream.write(String(line))), end };
}

interface Destination {
  readonly stream: pino.DestinationStream;
  readonly write?: (line: Line) => void;
  end(): Promise<void>;
}

/** Lines are gathered and written some times a second: handing each to a worker costs more than all else that is logged. */
function standardOutput(): Destination {
  const output = pino.destination({ dest: 1, sync: false });
  const stream = new GatheredLines(output);
  const leave = (): void => {
    stream.flush();
    output.flushSync();
  };
  process.once('exit', leave);
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      process.removeListener('exit', leave);
      output.once('close', () => resolve());
      output.once('error', () => resolve());
      stream.flush();
      output.end();
    });
  return { stream, write: (line) => stream.write(line), end };
}

/** Whatever takes work (colours, files that are turned over) is done by a worker. */
function worker({ file }: LogOptions): Destination {
  const stream = pino.transport(file === undefined ? forPeople : rolling(file));
  const ended = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  const end = async (): Promise<void> => {
    // The worker by itself does not keep the process alive, which would then end before the last lines are written.
    const awake = setInterval(() => undefined, 1000);
    stream.end();
    await ended;
    clearInterval(awake);
  };
  return { stream, end };
}

const forPeople: pino.TransportSingleOptions = {
  target: 'pino-pretty',
  options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname,call', singleLine: true },
};

function rolling({ path, maxBytes, keep }: NonNullable<LogOptions['file']>): pino.TransportSingleOptions {
  return {
    target: 'pino-roll',
    options: { file: path, size: `${Math.max(1, Math.ceil(maxBytes / 1024))}k`, limit: { count: keep }, mkdir: true },
  };
}

/** Characters of an error that are written: some providers repeat the whole request in theirs. */
const maxError = 2000;

/** Writes a line for every call that is over. Returns what stops that. */
export function logCalls({ log, write }: Pick<RunningLog, 'log' | 'write'>, redact: Redact): () => void {
  const info = pino.levels.values['info'] ?? 30;
  const warnings = new CacheWarnings();
  const listener = (message: unknown): void => {
    const record = message as CallRecord;
    if (record.error === undefined) {
      if (record.cacheMiss !== undefined && warnings.isDue(record, Date.now())) {
        log.warn({ call: callFields(record, redact) }, line(record));
      } else if (log.isLevelEnabled('info')) write(new CallLine(record, info));
      return;
    }
    const fields = {
      call: callFields(record, redact),
      ...(record.cause !== undefined && record.status >= 500 && { err: record.cause }),
    };
    const text = redact(line(record)).slice(0, maxError);
    if (record.error === 'client_gone') log.info(fields, text);
    else if (record.status >= 500) log.error(fields, text);
    else log.warn(fields, text);
  };
  calls.subscribe(listener);
  return () => {
    calls.unsubscribe(listener);
  };
}

/** The line of a call that went well. */
class CallLine {
  readonly #record: CallRecord;
  readonly #level: number;
  readonly #time = Date.now();

  constructor(record: CallRecord, level: number) {
    this.#record = record;
    this.#level = level;
  }

  toString(): string {
    return callLine(this.#record, this.#level, this.#time, line(this.#record));
  }
}

function callFields(record: CallRecord, redact: Redact): object {
  const { cause: _, errorMessage, ms, firstByteMs, ...rest } = record;
  return {
    ...rest,
    ...(errorMessage !== undefined && { errorMessage: redact(errorMessage).slice(0, maxError) }),
    ms: Math.round(ms),
    ...(firstByteMs !== undefined && { firstByteMs: Math.round(firstByteMs) }),
  };
}

/** `200 claude-x > router/anthropic/claude-x translated 1203 ms, 1200 in (1000 cached), 300 out, 2 losses` */
function line(record: CallRecord): string {
  const { usage } = record;
  const target = record.provider === undefined ? '' : ` > ${record.provider}/${record.upstreamModel ?? ''}`;
  const carriage = record.carriage === undefined ? '' : ` ${record.carriage}`;
  let text = `${record.status || '---'} ${record.operation} ${record.model}${target}${carriage}, ${Math.round(record.ms)} ms`;
  if (usage.output !== undefined) {
    const cached = usage.cacheRead === undefined || usage.cacheRead === 0 ? '' : ` (${usage.cacheRead} cached)`;
    text += `, ${totalInput(usage)} in${cached}, ${usage.output} out`;
  }
  if (record.cost !== undefined) text += `, $${record.cost.toFixed(4)}`;
  if (record.cacheMiss !== undefined) text += `, ${cacheWords(record.cacheMiss)}`;
  if (record.failures !== undefined)
    text += `, after ${record.failures.map(({ provider, error }) => `${provider} ${error}`).join(', ')}`;
  if (record.seams !== undefined) text += ', gone on with after a break';
  if (record.losses.length > 0) text += `, ${record.losses.length} losses`;
  if (record.mends.length > 0) text += `, mended ${[...new Set(record.mends)].join(' ')}`;
  if (record.healed.length > 0) text += `, healed: ${record.healed.join(', ')}`;
  if (record.error !== undefined) text += `, ${record.error}`;
  if (record.errorMessage !== undefined) text += `: ${record.errorMessage}`;
  return text;
}

function describeError(error: unknown, redact: Redact): object {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: redact(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: redact(error.stack) }),
  };
}
