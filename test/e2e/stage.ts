import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AwsAccount, type Scenario as Script, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { clientKey, type GatewayConfig, type GatewayProcess, providerKey, startGateway } from '../gateway-process.ts';
import type { Grammar, Language } from './language.ts';
import { grammars } from './languages/index.ts';
import { checkCall, checkTraffic, isModelCall, ModelCall } from './traffic.ts';

/** Names that the upstream has its own model for. */
const known = ['claude-*', 'us.anthropic.*', 'gpt-*', 'gemini-*', 'mistral-*'];

/** How the world of one run is made; everything may be left out. */
export interface WorldOptions {
  /** Members for the provider's entry in the configuration, such as quirks. */
  readonly provider?: GatewayConfig;
  /** The whole entry for a provider of a known kind, which decides by itself what it speaks and where. */
  readonly service?: (url: string) => GatewayConfig;
  /** The account that has to sign what reaches the upstream. */
  readonly aws?: AwsAccount;
  /** Sections for the configuration beside the usual ones. */
  readonly config?: GatewayConfig;
  /** Where model names go, in place of the usual rules. */
  readonly models?: GatewayConfig;
  /** HTTP statuses other than 200 that the upstream is meant to answer with. */
  readonly refusals?: readonly number[];
}

/** An upstream and a gateway before it. */
export interface World {
  readonly simulator: Simulator;
  readonly gateway: GatewayProcess;
  readonly key: string;
  /** Requests for answers that reached the upstream so far. */
  calls(): readonly ModelCall[];
}

/** What one run may use; all of it ends with the run. */
export class Stage {
  readonly language: Language;
  /** For files of this run; kept when it fails. */
  readonly folder: string;
  /** Ends the run early when its time is up. */
  readonly signal: AbortSignal;
  readonly #closers: (() => unknown)[] = [];
  readonly #worlds: { readonly world: World; readonly options: WorldOptions }[] = [];

  /** @param name of the run */
  constructor(name: string, language: Language, signal: AbortSignal) {
    this.language = language;
    this.signal = signal;
    this.folder = mkdtempSync(path.join(tmpdir(), `dragoman-e2e-${name.replaceAll(/[^a-z0-9]+/gi, '-')}-`));
  }

  /** What is known of the upstream's language. */
  get grammar(): Grammar {
    return grammars[this.language];
  }

  /** A new folder of this run. */
  makeFolder(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Keeps a text beside the other traces of this run. */
  keep(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  /** Something to end with the run; the last comes first. */
  onEnd(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Starts an upstream that plays the script, and a gateway before it. */
  async world(script: Script, options: WorldOptions = {}): Promise<World> {
    const { aws } = options;
    const simulator = await startSimulator({
      scenario: script,
      requireKey: providerKey,
      keep: 2000,
      ...(aws !== undefined && { aws }),
    });
    this.onEnd(() => simulator.close());
    const gateway = await startGateway(this.makeFolder('gateway'), this.#configFor(simulator.url, options));
    this.onEnd(() => gateway.stop());
    const world: World = {
      simulator,
      gateway,
      key: clientKey,
      calls: () => simulator.requests.filter(isModelCall).map((request) => new ModelCall(this.language, request)),
    };
    this.#worlds.push({ world, options });
    return world;
  }

  /** What must hold after every run, whatever its story: nothing refused, nothing told, nothing left open. */
  check(): void {
    for (const { world, options } of this.#worlds) {
      assert.ok(world.gateway.isRunning(), 'the gateway has ended by itself');
      checkTraffic(world.simulator.requests, options.refusals ?? []);
      for (const call of world.calls()) checkCall(call);
      for (const secret of [clientKey, providerKey]) {
        assert.ok(!world.gateway.output().includes(secret), 'a secret stands in the output of the gateway');
      }
    }
  }

  /** Writes down what happened, for whoever has to find out why it failed. */
  keepTraces(): void {
    for (const { world } of this.#worlds) {
      this.keep('gateway.log', world.gateway.output());
      for (const [index, request] of world.simulator.requests.entries()) {
        const name = `upstream-${String(index).padStart(3, '0')}`;
        const { method, status, state } = request;
        this.keep(
          `${name}.txt`,
          `${method} ${request.path}\n${JSON.stringify(request.headers, null, 2)}\n${status} ${state}\n`,
        );
        this.keep(`${name}.json`, request.body.toString('utf8'));
      }
    }
  }

  /** Ends everything that was started. */
  async end(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  /** Removes the traces. */
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  #configFor(url: string, options: WorldOptions): GatewayConfig {
    const { base, model } = this.grammar;
    const spoken = { speaks: this.language, base_url: `${url}${base}`, api_key: providerKey, ...options.provider };
    const to = `up/${model}`;
    return {
      auth: { keys: [clientKey] },
      providers: { up: options.service?.(url) ?? spoken },
      models: options.models ?? { ...Object.fromEntries(known.map((name) => [name, { to }])), '*': { to: 'up/*' } },
      ...options.config,
    };
  }
}
