import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { secretsIn } from '../config/secret.ts';
import { createLog, type RunningLog } from '../observe/log.ts';
import type { Redact } from '../observe/redact.ts';

/** The log that is configured. @param file where to log when the terminal belongs to somebody else. */
export function openLog(config: Config, redact: Redact, file = config.log.file): RunningLog {
  const { level, format, max_size: maxBytes, keep } = config.log;
  return createLog({
    level,
    format: format ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    redact,
    ...(file !== undefined && { file: { path: resolve(file), maxBytes, keep } }),
  });
}

/** The log of a worker: lines for the process that started it, which writes them where the configuration says. */
export function openWorkerLog(config: Config, redact: Redact): RunningLog {
  return createLog({ level: config.log.level, format: 'json', redact });
}

/** Everything in the configuration that nobody else may see. */
export function secretsOf({ tracing, ...config }: Pick<Config, 'auth' | 'providers' | 'tracing'>): string[] {
  return [...credentialsOf(config), ...secretsIn(tracing).map((secret) => secret.reveal())];
}

/** What clients show, and what is shown to providers. */
export function credentialsOf({ auth, providers }: Pick<Config, 'auth' | 'providers'>): string[] {
  return secretsIn([auth, providers]).map((secret) => secret.reveal());
}
