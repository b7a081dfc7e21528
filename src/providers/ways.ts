import type { DialectName } from '../canon/content.ts';
import type { Route } from './provider.ts';

/** A route to a model, and how well its rule suits the model: less is better. */
export interface Way {
  readonly rank: number;
  readonly route: Route;
}

/** The ways to one model, in the order in which they are tried. */
export class Ways {
  readonly #ways: readonly Way[];
  /** Those that were found not to be there: they are tried last. */
  readonly #missing = new Set<Route>();
  readonly #orders = new Map<DialectName | undefined, readonly Route[]>();

  constructor(ways: readonly Way[]) {
    this.#ways = ways;
  }

  /** For a client of that language: of those that suit the model equally well its own comes first. */
  inOrder(client: DialectName | undefined): readonly Route[] {
    const known = this.#orders.get(client);
    if (known !== undefined) return known;
    const place = ({ rank, route }: Way): number =>
      (this.#missing.has(route) ? this.#ways.length * 2 : 0) + rank * 2 + (route.speaks === client ? 0 : 1);
    const order = Object.freeze(this.#ways.toSorted((a, b) => place(a) - place(b)).map(({ route }) => route));
    this.#orders.set(client, order);
    return order;
  }

  /** The route answered after those before it had not. */
  prefer(route: Route, client: DialectName | undefined): void {
    const order = this.inOrder(client);
    if (order[0] === route) return;
    const before = order.slice(0, Math.max(0, order.indexOf(route)));
    if (before.length === 0) return;
    for (const other of before) this.#missing.add(other);
    this.#missing.delete(route);
    this.#orders.clear();
  }
}
