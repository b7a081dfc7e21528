import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type GatewayConfig, type GatewayProcess, startGateway, until } from '../gateway-process.ts';

/** Milliseconds within which what is waited for comes by itself, however busy the machine is. */
export const limit = 20_000;

/** A gateway in a process of its own, its file and its log at hand. */
export interface Started extends GatewayProcess {
  readonly folder: string;
  /** Writes the file anew, as an editor that writes into it. */
  write(config: GatewayConfig | string): void;
  /** Lines of the log that say this. */
  lines(part: string): readonly { readonly level: number; readonly msg: string }[];
  logged(part: string, times?: number): Promise<void>;
}

/** Starts one that goes when the test is over. */
export async function start(t: TestContext, config: GatewayConfig, env: Record<string, string> = {}): Promise<Started> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-reload-'));
  const gateway = await startGateway(folder, config, env);
  t.after(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const lines = (part: string): { level: number; msg: string }[] =>
    gateway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ msg }) => msg.includes(part));
  return {
    ...gateway,
    folder,
    write: (next) => writeFileSync(gateway.configFile, textOf(next)),
    lines,
    logged: (part, times = 1) => until(`the log says "${part}"`, () => lines(part).length >= times, limit),
  };
}

/** What a test does not say is as it was at the start. */
export function textOf(config: GatewayConfig | string): string {
  if (typeof config === 'string') return config;
  const server = { host: '127.0.0.1', port: 0, shutdown_grace: 0, ...(config['server'] as object | undefined) };
  const log = { level: 'debug', format: 'json', ...(config['log'] as object | undefined) };
  return JSON.stringify({ ...config, server, log }, null, 2);
}
