import { type CallRecord, calls } from './call.ts';
import { CallMetrics } from './call-metrics.ts';
import { type CircuitChange, type CircuitState, circuitChanges } from './circuit-change.ts';
import { Family, type FamilySnapshot, gauge, type Row } from './metric.ts';
import { ProcessFigures } from './process-figures.ts';
import { type ReloadEvent, reloads } from './reload.ts';

/** Records are added up when so many have come together, or when somebody asks: in a row that takes half the time. */
const enough = 64;

/** Circuits whose states are told. */
const mostCircuits = 1000;

const circuitStates: readonly CircuitState[] = ['closed', 'half_open', 'open'];

/** A circuit as it is now. */
export type StandingCircuit = Pick<CircuitChange, 'scope'> & { readonly state: CircuitState };

/** What a server tells of itself when it is asked. */
export interface ServerFigures {
  /** Calls that have begun and are not over. */
  calls(): number;
  connections(): Promise<number>;
  /** All that there are. One that has changed and is not among them is gone. */
  circuits(): readonly StandingCircuit[];
}

/** Who a process is, for the metric that says so. */
export interface BuildInfo {
  readonly version: string;
}

/**
 * The metrics of one process, from what is published of calls, circuits and reloads. Calls only leave their records in a
 * row; adding up comes later, and so does whatever is only known when somebody asks.
 */
export class Metrics {
  readonly #calls = new CallMetrics();
  readonly #waiting: CallRecord[] = [];
  readonly #circuits = new Map<string, CircuitState>();
  readonly #changes = new Family({
    name: 'dragoman_circuit_changes_total',
    help: 'Changes of circuits, by the state they came to.',
    type: 'counter',
    labels: ['scope', 'to'],
  });
  readonly #reloads = new Family({
    name: 'dragoman_config_reloads_total',
    help: 'Times the configuration was read again, by outcome: applied, refused.',
    type: 'counter',
    labels: ['outcome'],
  });
  readonly #figures = new ProcessFigures();
  readonly #build: BuildInfo;
  #server: ServerFigures | undefined;
  #others: () => readonly FamilySnapshot[] = () => [];

  constructor(build: BuildInfo) {
    this.#build = build;
  }

  /** Begins to listen. Returns what stops that. */
  start(): () => void {
    calls.subscribe(this.#onCall);
    circuitChanges.subscribe(this.#onCircuit);
    reloads.subscribe(this.#onReload);
    return () => {
      calls.unsubscribe(this.#onCall);
      circuitChanges.unsubscribe(this.#onCircuit);
      reloads.unsubscribe(this.#onReload);
      this.#figures.stop();
    };
  }

  /** Asks this server from now on. */
  watch(server: ServerFigures): void {
    this.#server = server;
  }

  /** Tells from now on what somebody else counts, too. */
  include(others: () => readonly FamilySnapshot[]): void {
    this.#others = others;
  }

  /** Everything as it is now. */
  async snapshot(): Promise<FamilySnapshot[]> {
    const server = await this.#serverFigures();
    this.#settle();
    return [
      ...this.#calls.snapshot(),
      ...server,
      this.#circuitStates(),
      this.#changes.snapshot(),
      this.#reloads.snapshot(),
      gauge(
        'dragoman_build_info',
        'Always 1; the labels tell the versions.',
        1,
        { merge: 'max' },
        {
          version: this.#build.version,
          node: process.versions.node,
        },
      ),
      gauge('dragoman_processes', 'Processes whose figures these are.', 1),
      ...this.#others(),
      ...this.#figures.snapshot(),
    ];
  }

  readonly #onCall = (message: unknown): void => {
    if (this.#waiting.push(message as CallRecord) >= enough) this.#settle();
  };

  readonly #onCircuit = (message: unknown): void => {
    const { scope, to } = message as CircuitChange;
    if (this.#circuits.has(scope) || this.#circuits.size < mostCircuits) this.#circuits.set(scope, to);
    this.#changes.add(1, scope, to);
  };

  readonly #onReload = (message: unknown): void => {
    this.#reloads.add(1, (message as ReloadEvent).ok ? 'applied' : 'refused');
  };

  #settle(): void {
    for (const record of this.#waiting) this.#calls.settle(record);
    this.#waiting.length = 0;
  }

  async #serverFigures(): Promise<FamilySnapshot[]> {
    if (this.#server === undefined) return [];
    return [
      gauge('dragoman_open_calls', 'Calls that have begun and are not over.', this.#server.calls()),
      gauge('dragoman_open_connections', 'Connections of clients.', await this.#server.connections()),
    ];
  }

  #circuitStates(): FamilySnapshot {
    this.#forgetCircuits();
    const rows = Array.from(this.#circuits, ([scope, current]) =>
      circuitStates.map((state): Row => [[scope, state], [state === current ? 1 : 0]]),
    ).flat();
    return {
      name: 'dragoman_circuit_state',
      help: 'Processes in which the circuit of the scope is in the state. A circuit that never changed is closed, and absent.',
      type: 'gauge',
      labels: ['scope', 'state'],
      rows,
    };
  }

  /** Nobody tells when a circuit goes, or begins anew, with the configuration that it was of. */
  #forgetCircuits(): void {
    if (this.#server === undefined || this.#circuits.size === 0) return;
    const standing = new Map(this.#server.circuits().map(({ scope, state }) => [scope, state]));
    for (const scope of this.#circuits.keys()) {
      const state = standing.get(scope);
      if (state === undefined) this.#circuits.delete(scope);
      else this.#circuits.set(scope, state);
    }
  }
}
