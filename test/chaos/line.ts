import type { Language } from '../failover/stage.ts';

/** What a provider would say if all were well. */
export interface Line {
  readonly speaks: Language;
  readonly stream: boolean;
  readonly said: Buffer;
  /** A text for the messages of refusals. */
  readonly mark: string;
}
