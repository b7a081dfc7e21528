import { channel } from 'node:diagnostics_channel';
import type { DialectName } from '../canon/content.ts';
import type { FinishReason } from '../canon/event.ts';
import type { Mend } from '../canon/grammar.ts';
import type { Loss } from '../canon/loss.ts';
import type { Usage } from '../canon/usage.ts';

/** How an answer was carried: bytes untouched, fields edited within one language, or translated. */
export type Carriage = 'passed' | 'amended' | 'translated';

/** A try at a target that failed, so that another one followed. */
export interface FailedTry {
  readonly provider: string;
  /** The model's name at the provider. */
  readonly model: string;
  /** Kind of the error. */
  readonly error: string;
  readonly status: number;
  /** Milliseconds from sending to failing. */
  readonly ms: number;
  /** When it was sent, milliseconds after the call came. */
  readonly at?: number;
}

/** Where an answer that broke off was gone on with by another target. */
export interface Seam {
  /** Number of the block, counted from 0, and characters of it that were sent before. */
  readonly block: number;
  readonly at: number;
  /** `provider/model`. */
  readonly from: string;
  readonly to: string;
  /** Kind of the error that the first one broke off with. */
  readonly why: string;
  /** When it was gone on, milliseconds after the call came. */
  readonly ms?: number;
}

/** A prompt cache that was lost. */
export interface CacheMiss {
  /**
   * What differs from the conversation's last call: the path of the first block or field that does, `model` (the client
   * names another one), `target` (it went somewhere else), `expired` (the cache has not been used for too long), or
   * `unknown`.
   */
  readonly at: string;
  /** What became of the block; absent where there is none. */
  readonly how?: 'changed' | 'added' | 'removed' | 'moved' | 'shortened';
  /** Who did it. `unknown`: nobody has looked, because the last call is no longer known or there was no time. */
  readonly by: 'client' | 'gateway' | 'provider' | 'unknown';
  /** Tokens that were read from the prompt again at full price. */
  readonly tokens: number;
  /** US dollars more than if the cache had held, where prices are known. */
  readonly cost?: number;
}

/** A place in a trace. */
export interface TraceIds {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Where it hangs; absent at the root. */
  readonly parentId?: string;
  /** Whether anybody keeps it. */
  readonly sampled: boolean;
}

/** Everything there is to tell of one call once it is over. Times are milliseconds. */
export interface CallRecord {
  readonly id: string;
  readonly client: DialectName;
  /** What was called: `messages`, `chat.completions`, `count_tokens`, ... */
  readonly operation: string;
  /** The model the client named. */
  model: string;
  stream: boolean;
  /** The client's session, where it tells. */
  session?: string;
  /** The trace that the client's call is a part of, as its headers tell (W3C). */
  traceparent?: string;
  tracestate?: string;
  /** The call's own place in a trace, where a provider was told of it. */
  trace?: TraceIds;
  provider?: string;
  /** The model's name at the provider. */
  upstreamModel?: string;
  carriage?: Carriage;
  /** What the provider says which model has answered, and why the answer ended; where it was read. */
  responseModel?: string;
  finish?: FinishReason;
  /** The language that was spoken to the provider. */
  spoken?: DialectName;
  /** Tries at providers, the successful one included. */
  tries: number;
  /** The tries that failed, in their order; absent when the first one did not. */
  failures?: FailedTry[];
  /** Absent when the answer came in one piece. */
  seams?: Seam[];
  cacheMiss?: CacheMiss;
  status: number;
  /** Kind of the error the client got, or `client_gone`. */
  error?: string;
  errorMessage?: string;
  /** What lay behind the error; never shown to the client. */
  cause?: unknown;
  usage: Usage;
  /** US dollars: what the provider says, else what the price table says of what it counted. */
  cost?: number;
  losses: readonly Loss[];
  readonly mends: Mend[];
  /** Remedies found during this call. */
  readonly healed: string[];
  requestBytes: number;
  ms: number;
  /** Until the first byte for the client. */
  firstByteMs?: number;
}

/** The record of a call that nothing is known of but what is called. */
export function newRecord(id: string, client: DialectName, operation: string): CallRecord {
  return {
    id,
    client,
    operation,
    model: '',
    stream: false,
    tries: 0,
    status: 0,
    usage: {},
    losses: [],
    mends: [],
    healed: [],
    requestBytes: 0,
    ms: 0,
  };
}

/** Where the record of each finished call is published. */
export const calls = channel('dragoman:call');

/** Tells whoever listens; costs nothing when nobody does. */
export function publishCall(record: CallRecord): void {
  if (calls.hasSubscribers) calls.publish(record);
}
