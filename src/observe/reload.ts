import { channel } from 'node:diagnostics_channel';

/** That the configuration was taken anew, or that it could not be. */
export interface ReloadEvent {
  readonly ok: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Which configuration runs from now on, counted from 1. */
  readonly generation: number;
  /** What keeps the new one from being used; names places, never a credential. */
  readonly why?: string;
}

/** Where every try to take the configuration anew is published. */
export const reloads = channel('dragoman:reload');

/** Tells whoever listens. */
export function publishReload(event: ReloadEvent): void {
  if (reloads.hasSubscribers) reloads.publish(event);
}
