import type { Headers } from '../dialects/dialect.ts';
import type { CallRecord } from '../observe/call.ts';
import type { Meter } from '../observe/meter.ts';
import type { Redact } from '../observe/redact.ts';
import type { Capabilities } from '../policy/capabilities.ts';
import type { Health } from '../policy/health.ts';
import type { Plan, Target } from '../policy/plan.ts';
import type { Prices } from '../policy/prices.ts';
import type { Retries } from '../policy/resilience.ts';
import type { SessionHomes } from '../policy/session-homes.ts';
import type { Operation } from '../providers/operation.ts';
import type { Provider } from '../providers/provider.ts';
import type { Sender } from '../upstream/send.ts';
import type { Ticker } from '../upstream/ticker.ts';
import type { Turn } from '../upstream/turn.ts';
import type { Carriages } from './carriages.ts';
import type { Conversations } from './conversations.ts';
import type { Estimator } from './estimate.ts';
import type { CacheGuardian } from './guardian.ts';
import type { KeptTools } from './kept-tools.ts';
import type { Memory } from './memory.ts';
import type { ModelList } from './model-list.ts';
import type { PdfReader } from './pdf.ts';
import type { Sealer } from './seal.ts';

/** What the configuration says about every call. */
export interface GatewaySettings {
  /** How long a stream may be silent towards the client before it is told that it lives, milliseconds. */
  readonly pingMs: number;
  /** Bytes that an answer may have which is not streamed. */
  readonly maxAnswer: number;
}

/** What a running gateway has: everything that outlives one call. Made by the composition root. */
export interface Gateway {
  /** The targets for a model's name, in the order in which they are to be tried; throws `not_found`. */
  plan(model: string): readonly Target[];
  /** The same with how to choose among them. */
  planRoute(model: string): Plan;
  /** The same for what is no answer in a conversation; nothing where nobody offers it. */
  planOperation(operation: Operation, model: string | undefined): readonly Target[];
  /** The provider of that name; a target names none that is not there. */
  provider(name: string): Provider;
  /** By their names in the configuration. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly modelList: ModelList;
  readonly sender: Sender;
  /** Looks after silent streams. */
  readonly ticker: Ticker;
  /** Hears of bytes that are made here, so that memory is swept in time. */
  readonly turn: Turn;
  readonly memory: Memory;
  /** Which models' calls are translated. */
  readonly carriages: Carriages;
  /** The tools that clients send again and again. */
  readonly keptTools: KeptTools;
  /** How targets have been doing. */
  readonly health: Health;
  /** What targets can do. */
  readonly capabilities: Capabilities;
  /** Which targets sessions stay with. */
  readonly homes: SessionHomes;
  /** When a failed call is tried again at the same target. */
  readonly retries: Retries;
  readonly conversations: Conversations;
  /** Tells PDFs as text for providers that take none. */
  readonly pdfs: PdfReader;
  /** Wraps what providers want back from clients that speak another language. */
  readonly sealer: Sealer;
  readonly estimator: Estimator;
  /** Watches the caches of prompts. */
  readonly guardian: CacheGuardian;
  readonly prices: Prices;
  readonly meter: Meter;
  /** What providers are told of the trace that a call is a part of; absent where they are told nothing. */
  readonly traceHeaders?: (record: CallRecord) => Headers;
  /** Takes secrets out of what others wrote before a client sees it. */
  readonly redact: Redact;
  readonly settings: GatewaySettings;
  readonly userAgent: string;
}

/** US dollars that a call has cost so far; nothing where nobody knows. */
export function costOf(gateway: Gateway, { provider, upstreamModel, usage }: CallRecord): number | undefined {
  if (provider === undefined || upstreamModel === undefined) return undefined;
  const { kind, configName } = gateway.provider(provider);
  return gateway.prices.costOf({ kind, provider: configName, model: upstreamModel, usage });
}
