/** Keeps JSON texts by name for a while: what must be found again by a later call. */
export interface DocumentStore {
  /** Nothing when there is none of that name, or no longer. */
  get(key: string): string | undefined;
  /** @param ttlMs how long it is to be kept, milliseconds. */
  put(key: string, text: string, ttlMs: number): void;
  /** Whether there was one. */
  delete(key: string): boolean;
  close(): void;
}
