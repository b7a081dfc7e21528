import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { secretsIn } from '../config/secret.ts';
import { createLog, type RunningLog } from '../observe/log.ts';
import { createRedact } from '../observe/redact.ts';

/** The log that is configured. @param file where to log when the terminal belongs to somebody else. */
export function openLog(config: Config, file = config.log.file): RunningLog {
  const { level, format, max_size: maxBytes, keep } = config.log;
  return createLog({
    level,
    format: format ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    redact: createRedact(secretsOf(config)),
    ...(file !== undefined && { file: { path: resolve(file), maxBytes, keep } }),
  });
}

/** The log of a worker: lines for the process that started it, which writes them where the configuration says. */
export function openWorkerLog(config: Config): RunningLog {
  return createLog({ level: config.log.level, format: 'json', redact: createRedact(secretsOf(config)) });
}

/** Everything in the configuration that nobody else may see. */
export function secretsOf({ auth, providers, tracing }: Pick<Config, 'auth' | 'providers' | 'tracing'>): string[] {
  return secretsIn([auth, providers, tracing]).map((secret) => secret.reveal());
}
