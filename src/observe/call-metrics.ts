import { totalInput } from '../canon/usage.ts';
import type { CallRecord } from './call.ts';
import { Family, type FamilySnapshot, increase, observe } from './metric.ts';
import { ModelLabels } from './model-label.ts';

/** Seconds. Answers of models take from some tenths of a second to half an hour. */
const durationBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1800];
const firstTokenBuckets = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 60];

/** Everything that is counted of calls. */
function callFamilies() {
  const counter = (name: string, help: string, ...labels: string[]): Family =>
    new Family({ name: `dragoman_${name}_total`, help, type: 'counter', labels });
  const histogram = (name: string, help: string, buckets: readonly number[], ...labels: string[]): Family =>
    new Family({ name: `dragoman_${name}`, help, type: 'histogram', labels, buckets });
  const model = ['provider', 'model'];
  return {
    requests: counter(
      'requests',
      'Calls that are over. Without an error the label error is empty; without a provider, provider and model are.',
      'client',
      'operation',
      ...model,
      'status',
      'error',
    ),
    duration: histogram(
      'request_duration_seconds',
      'Time from the arrival of a request to the end of its answer.',
      durationBuckets,
      'operation',
      ...model,
      'outcome',
    ),
    firstToken: histogram(
      'time_to_first_token_seconds',
      'Time from the arrival of a request to the first bytes of its streamed answer.',
      firstTokenBuckets,
      ...model,
    ),
    requestBytes: counter('request_bytes', 'Bytes of the bodies of requests.', 'client', 'operation'),
    tokens: counter(
      'tokens',
      'Tokens by type: input (neither read from nor written to a cache), cache_read, cache_write, output.',
      ...model,
      'type',
    ),
    reasoning: counter('reasoning_tokens', 'Tokens of output that were reasoning.', ...model),
    cost: counter('cost_dollars', 'US dollars, as far as prices are known.', ...model),
    unpriced: counter('unpriced_requests', 'Calls that used tokens and of which nobody knows the price.', ...model),
    carried: counter(
      'carried',
      'Calls by how they were carried: passed, amended, translated.',
      'client',
      'provider',
      'carriage',
    ),
    retries: counter('retries', 'Further tries of calls whose first try was not enough.', ...model),
    failedTries: counter(
      'failed_tries',
      'Tries that failed and were followed by another, by kind of error.',
      ...model,
      'error',
    ),
    seams: counter('seams', 'Answers that broke off and were gone on with by another target.', 'from', 'to', 'error'),
    cacheMisses: counter('cache_misses', 'Prompt caches that were lost, by who changed what.', ...model, 'by', 'at'),
    cacheMissTokens: counter(
      'cache_miss_tokens',
      'Tokens read again at full price because a cache was lost.',
      ...model,
      'by',
    ),
    cacheMissCost: counter('cache_miss_cost_dollars', 'US dollars more than if the cache had held.', ...model, 'by'),
    mends: counter('mends', 'What was put right in answers of providers.', ...model, 'mend'),
    losses: counter(
      'losses',
      'Kinds of things that did not arrive as they were said, by pair of languages.',
      'client',
      'spoken',
      'what',
    ),
    healed: counter('healed', 'Refusals that were healed by changing the request.', ...model),
  };
}

/** Sets of labels whose rows are kept at hand. */
const mostAtHand = 4096;

/** The rows that every call of one set of labels adds to. */
interface Tally {
  readonly requests: Float64Array;
  readonly duration: Float64Array;
  readonly requestBytes: Float64Array;
  readonly provider: string;
  readonly model: string;
  readonly carried: Float64Array | undefined;
  /** Set with the first call that has any. */
  firstToken?: Float64Array;
  tokens?: TokenRows;
  cost?: Float64Array;
  unpriced?: Float64Array;
}

interface TokenRows {
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly cacheRead: Float64Array;
  readonly cacheWrite: Float64Array;
}

/** Adds up calls. */
export class CallMetrics {
  readonly #families = callFamilies();
  readonly #models = new ModelLabels();
  /** Finding the rows takes longer than adding to them. */
  readonly #atHand = new Map<string, Tally>();

  settle(record: CallRecord): void {
    const tally = this.#tallyOf(record);
    increase(tally.requests, 1);
    increase(tally.requestBytes, record.requestBytes);
    observe(tally.duration, durationBuckets, record.ms / 1000);
    if (record.provider === undefined) return;
    if (record.stream && record.firstByteMs !== undefined) {
      tally.firstToken ??= this.#families.firstToken.at(tally.provider, tally.model);
      observe(tally.firstToken, firstTokenBuckets, record.firstByteMs / 1000);
    }
    if (tally.carried !== undefined) increase(tally.carried, 1);
    this.#settleUsage(record, tally);
    this.#settleTrouble(record, tally);
  }

  snapshot(): FamilySnapshot[] {
    return Object.values(this.#families).map((family) => family.snapshot());
  }

  #tallyOf(record: CallRecord): Tally {
    const { client, operation, provider = '', upstreamModel = '', carriage = '', status, error = '' } = record;
    const key = `${client} ${operation} ${provider} ${carriage} ${status} ${error} ${upstreamModel}`;
    const known = this.#atHand.get(key);
    if (known !== undefined) return known;
    const provenBefore = this.#models.proven;
    const answered = error === '' && status >= 200 && status < 300;
    const model = upstreamModel === '' ? '' : this.#models.label(provider, upstreamModel, answered);
    // Failures of a model that has now answered are counted under its name from here on.
    if (this.#models.proven !== provenBefore || this.#atHand.size >= mostAtHand) this.#atHand.clear();
    const { requests, duration, requestBytes, carried } = this.#families;
    const tally: Tally = {
      requests: requests.at(client, operation, provider, model, String(status), error),
      duration: duration.at(operation, provider, model, outcomeOf(error)),
      requestBytes: requestBytes.at(client, operation),
      carried: carriage === '' ? undefined : carried.at(client, provider, carriage),
      provider,
      model,
    };
    this.#atHand.set(key, tally);
    return tally;
  }

  #settleUsage({ usage, cost }: CallRecord, tally: Tally): void {
    const { provider, model } = tally;
    const { tokens, reasoning, unpriced } = this.#families;
    if (cost !== undefined) {
      tally.cost ??= this.#families.cost.at(provider, model);
      increase(tally.cost, cost);
    }
    if (usage.output === undefined && totalInput(usage) === 0) return;
    if (cost === undefined) {
      tally.unpriced ??= unpriced.at(provider, model);
      increase(tally.unpriced, 1);
    }
    tally.tokens ??= {
      input: tokens.at(provider, model, 'input'),
      output: tokens.at(provider, model, 'output'),
      cacheRead: tokens.at(provider, model, 'cache_read'),
      cacheWrite: tokens.at(provider, model, 'cache_write'),
    };
    increase(tally.tokens.input, usage.input ?? 0);
    increase(tally.tokens.output, usage.output ?? 0);
    increase(tally.tokens.cacheRead, usage.cacheRead ?? 0);
    increase(tally.tokens.cacheWrite, usage.cacheWrite ?? 0);
    if (usage.reasoning !== undefined && usage.reasoning > 0) reasoning.add(usage.reasoning, provider, model);
  }

  /** What most calls have nothing of. */
  #settleTrouble(record: CallRecord, { provider, model }: Tally): void {
    const { retries, failedTries, seams, mends, losses, healed } = this.#families;
    if (record.tries > 1) retries.add(record.tries - 1, provider, model);
    for (const failure of record.failures ?? []) {
      const label = this.#models.label(failure.provider, failure.model, false);
      failedTries.add(1, failure.provider, label, failure.error);
    }
    for (const { from, to, why } of record.seams ?? []) seams.add(1, providerIn(from), providerIn(to), why);
    if (record.cacheMiss !== undefined) this.#settleMiss(record.cacheMiss, provider, model);
    for (const mend of record.mends) mends.add(1, provider, model, mend);
    for (const { what } of record.losses) losses.add(1, record.client, record.spoken ?? '', what);
    if (record.healed.length > 0) healed.add(record.healed.length, provider, model);
  }

  #settleMiss({ at, by, tokens, cost }: NonNullable<CallRecord['cacheMiss']>, provider: string, model: string): void {
    const { cacheMisses, cacheMissTokens, cacheMissCost } = this.#families;
    // The first word of the path: `messages`, `system`, `tools`.
    cacheMisses.add(1, provider, model, by, /^[a-z_]{1,40}/i.exec(at)?.[0] ?? 'unknown');
    cacheMissTokens.add(tokens, provider, model, by);
    if (cost !== undefined) cacheMissCost.add(cost, provider, model, by);
  }
}

function outcomeOf(error: string): string {
  if (error === '') return 'ok';
  return error === 'client_gone' ? 'gone' : 'error';
}

function providerIn(target: string): string {
  const slash = target.indexOf('/');
  return slash === -1 ? target : target.slice(0, slash);
}
