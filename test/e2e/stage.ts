import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  /** A second upstream, which goes on where the first one fails; it speaks the same language, or another. */
  readonly spare?: {
    readonly script: Script;
    readonly language?: Language;
    /** What it calls the model. */
    readonly model?: string;
    /** Members for its entry in the configuration. */
    readonly provider?: GatewayConfig;
  };
  /** Whether the gateway makes failures good as it usually does; the default is so where there is a spare. */
  readonly steady?: boolean;
  /** HTTP statuses other than 200 that the upstream is meant to answer with. */
  readonly refusals?: readonly number[];
}

/** An upstream and a gateway before it. */
export interface World {
  readonly simulator: Simulator;
  /** That of the second upstream. */
  readonly spare: Simulator | undefined;
  /** The one that runs now. */
  readonly gateway: GatewayProcess;
  readonly key: string;
  /** Requests for answers that reached the upstream so far. */
  calls(): readonly ModelCall[];
  /** Those that reached the second upstream. */
  spareCalls(): readonly ModelCall[];
  /** Everything that the gateway has written, and those before it. */
  log(): string;
  /** Kills the gateway, and starts another one where it was. */
  restart(): Promise<void>;
  /** Writes another configuration for the gateway, which changes these sections of its own. */
  reconfigure(sections: (config: GatewayConfig) => GatewayConfig): void;
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
    const { spare: second } = options;
    const simulator = await this.#upstream(script, options.aws);
    const spare = second && (await this.#upstream(second.script));
    const config = this.#configFor(simulator.url, spare?.url, options);
    const folder = this.makeFolder('gateway');
    let gateway = await startGateway(folder, config);
    let before = '';
    this.onEnd(() => gateway.stop());
    const world: World = {
      simulator,
      spare,
      get gateway() {
        return gateway;
      },
      key: clientKey,
      calls: () => callsOf(this.language, simulator),
      spareCalls: () => (spare === undefined ? [] : callsOf(second?.language ?? this.language, spare)),
      log: () => before + gateway.output(),
      restart: async () => {
        const { port } = new URL(gateway.url);
        gateway.signal('SIGKILL');
        await gateway.ended;
        before += gateway.output();
        gateway = await startGateway(folder, { ...config, server: { port: Number(port) } });
      },
      reconfigure: (sections) => {
        const now = JSON.parse(readFileSync(gateway.configFile, 'utf8')) as GatewayConfig;
        writeFileSync(gateway.configFile, JSON.stringify({ ...now, ...sections(now) }));
      },
    };
    this.#worlds.push({ world, options });
    return world;
  }

  async #upstream(scenario: Script, aws?: AwsAccount): Promise<Simulator> {
    const account = aws !== undefined && { aws };
    const simulator = await startSimulator({ scenario, requireKey: providerKey, keep: 2000, ...account });
    this.onEnd(() => simulator.close());
    return simulator;
  }

  /** What must hold after every run, whatever its story: nothing refused, nothing told, nothing left open. */
  check(): void {
    for (const { world, options } of this.#worlds) {
      assert.ok(world.gateway.isRunning(), 'the gateway has ended by itself');
      for (const { requests } of simulatorsOf(world)) checkTraffic(requests, options.refusals ?? []);
      for (const call of [...world.calls(), ...world.spareCalls()]) checkCall(call);
      for (const secret of [clientKey, providerKey]) {
        assert.ok(!world.log().includes(secret), 'a secret stands in the output of the gateway');
      }
    }
  }

  /** Writes down what happened, for whoever has to find out why it failed. */
  keepTraces(): void {
    for (const { world } of this.#worlds) {
      this.keep('gateway.log', world.log());
      const requests = simulatorsOf(world).flatMap((simulator) => simulator.requests);
      for (const [index, request] of requests.sort((one, other) => one.startedAt - other.startedAt).entries()) {
        const name = `upstream-${String(index).padStart(3, '0')}`;
        const { method, status, state } = request;
        this.keep(
          `${name}.txt`,
          `${method} ${request.headers.host ?? ''}${request.path}\n${JSON.stringify(request.headers, null, 2)}\n${status} ${state}\n`,
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

  #configFor(url: string, spareUrl: string | undefined, options: WorldOptions): GatewayConfig {
    const { model } = this.grammar;
    const { spare, steady = spare !== undefined } = options;
    const up = options.service?.(url) ?? { ...entryFor(this.language, url), ...options.provider };
    const language = spare?.language ?? this.language;
    const second = spareUrl !== undefined && { spare: { ...entryFor(language, spareUrl), ...spare?.provider } };
    const after = spare === undefined ? [] : [`spare/${spare.model ?? grammars[language].model}`];
    const usual = Object.fromEntries(known.map((name) => [name, { to: [`up/${model}`, ...after] }]));
    return {
      auth: { keys: [clientKey] },
      providers: { up, ...second },
      ...(!steady && telling),
      models: options.models ?? { ...usual, '*': { to: ['up/*', ...after] } },
      ...options.config,
    };
  }
}

/** So that a client hears of whatever the one upstream does. */
const telling: GatewayConfig = { retries: { most: 0 }, routing: { on_cut: 'error' } };

function entryFor(language: Language, url: string): GatewayConfig {
  return { speaks: language, base_url: `${url}${grammars[language].base}`, api_key: providerKey };
}

function callsOf(language: Language, { requests }: Simulator): readonly ModelCall[] {
  return requests.filter(isModelCall).map((request) => new ModelCall(language, request));
}

function simulatorsOf({ simulator, spare }: World): readonly Simulator[] {
  return spare === undefined ? [simulator] : [simulator, spare];
}
