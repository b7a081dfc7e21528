/** Looks of which the least counts: what calls that are under way hold comes and goes. */
const looksOfFloor = 4;

/**
 * So many bytes more than at the least are bodies that have grown old. V8 itself would begin to collect everything where it is
 * 64 MB more than its last collection has left, with all that is young and under way.
 */
const mostGrowth = 32 * 1024 * 1024;

/** So many sweeps are left out while V8 collects everything, which takes some tens of milliseconds: of 200 KB eight sweeps are 300 calls. */
const sweepsOfCollection = 8;

/** What is looked at, and what is done. */
export interface Heap {
  /** Bytes outside of V8's heap that its objects hold: bodies above all. */
  outside(): number;
  /** Begins to collect what nobody needs. */
  collect(): void;
  /** Collects it where it is young; nothing else runs meanwhile. */
  collectYoung(): void;
}

/**
 * Gives back the memory of bodies that are over. Mostly they are young. Some have grown old when they end, and V8 would begin
 * to collect everything once they are many; a collection of what is young would then end that at once, and with it the
 * shapes of all objects that have none just now, and the code that was compiled for them. So it is begun here, and nothing
 * is swept while it lasts.
 */
export class Sweeper {
  readonly #heap: Heap;
  /** Bytes outside at the least, since the last collection and in the looks of now. */
  #least = Number.POSITIVE_INFINITY;
  #floor = Number.POSITIVE_INFINITY;
  #looks = 0;
  #leftOut = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** To be called whenever many bytes have come in. */
  sweep(): void {
    if (this.#leftOut > 0) {
      this.#leftOut -= 1;
      return;
    }
    if (this.#hasGrown(this.#heap.outside())) {
      this.#least = Number.POSITIVE_INFINITY;
      this.#leftOut = sweepsOfCollection;
      this.#heap.collect();
    } else this.#heap.collectYoung();
  }

  #hasGrown(outside: number): boolean {
    this.#floor = Math.min(this.#floor, outside);
    this.#looks += 1;
    if (this.#looks < looksOfFloor) return false;
    const floor = this.#floor;
    this.#looks = 0;
    this.#floor = Number.POSITIVE_INFINITY;
    this.#least = Math.min(this.#least, floor);
    return floor - this.#least >= mostGrowth;
  }
}
