import type { AwsAccount } from './bedrock/sigv4.ts';
import type { OAuthOptions } from './oauth.ts';
import type { RecordedRequest } from './recorder.ts';
import type { Flavor, Scenario } from './scenario.ts';
import { readScenarioFile } from './scenario-file.ts';
import { SimulatorServer } from './server.ts';

export type { AwsAccount } from './bedrock/sigv4.ts';
export type { OAuthOptions } from './oauth.ts';
export type { RecordedRequest } from './recorder.ts';
export type { Fault, Flavor, Part, Scenario, Step } from './scenario.ts';

/** How a simulator is started; everything may be left out. */
export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The default is 127.0.0.1. */
  readonly host?: string;
  /** A scenario, or the path of a JSON file that holds one. Without it the prompt decides (see `directives.ts`). */
  readonly scenario?: Scenario | string;
  /** true, the default: refuse what the real service refuses. A scenario may say otherwise. */
  readonly strict?: boolean;
  /** Milliseconds between the events of a stream; the default is 0, all at once. */
  readonly pace?: number;
  /** The only key that is taken, beside tokens that were given out. */
  readonly requireKey?: string;
  /** What kind of server the chat dialect plays; the default is `openai`. */
  readonly flavor?: Flavor;
  /** Further top-level fields that requests may have. */
  readonly allow?: readonly string[];
  /** Opens the token endpoint, and lets only its tokens (and `requireKey`) in. */
  readonly oauth?: OAuthOptions;
  /** Whose signatures Bedrock takes (and `requireKey`); without it signatures are not looked at. */
  readonly aws?: AwsAccount;
  /** Requests remembered; the default is 256. */
  readonly keep?: number;
  /** Bytes that a request body may have; the default is 32 MiB, as with the real service. */
  readonly maxBody?: number;
}

/** A running simulator. */
export interface Simulator {
  /** Origin, such as `http://127.0.0.1:12345`. */
  readonly url: string;
  readonly port: number;
  /** The last requests, oldest first; a live view. */
  readonly requests: readonly RecordedRequest[];
  /** All requests since the start or the last `forget`. */
  readonly received: number;
  /** Requests whose answer is not over: streams under way, and those that wait. */
  readonly openStreams: number;
  /** How often a token was asked for. */
  readonly tokenCalls: number;
  /** Ends every token that was given. */
  expireTokens(): void;
  /** Plays another scenario from the next request on. */
  play(scenario: Scenario | string): void;
  /** Forgets the recorded requests. */
  forget(): void;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

const DEFAULT_KEEP = 256;
const DEFAULT_MAX_BODY = 32 * 1024 * 1024;

function scenarioFrom(scenario: Scenario | string | undefined): Scenario {
  return typeof scenario === 'string' ? readScenarioFile(scenario) : (scenario ?? {});
}

/** Starts a simulator. Rejects when the port is taken, or when the scenario file is wrong. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const server = new SimulatorServer(
    {
      strict: options.strict ?? true,
      pace: options.pace ?? 0,
      requireKey: options.requireKey,
      flavor: options.flavor ?? 'openai',
      allow: options.allow ?? [],
      oauth: options.oauth,
      aws: options.aws,
      keep: options.keep ?? DEFAULT_KEEP,
      maxBody: options.maxBody ?? DEFAULT_MAX_BODY,
    },
    scenarioFrom(options.scenario),
  );
  const port = await server.listen(options.port ?? 0, host);
  const { recorder, tokens } = server;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    get requests() {
      return recorder.requests;
    },
    get received() {
      return recorder.received;
    },
    get openStreams() {
      return recorder.open;
    },
    get tokenCalls() {
      return tokens?.calls ?? 0;
    },
    expireTokens: () => tokens?.expireAll(),
    play: (scenario) => server.play(scenarioFrom(scenario)),
    forget: () => recorder.clear(),
    close: () => server.close(),
  };
}
