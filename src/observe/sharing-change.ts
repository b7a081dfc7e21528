import { channel } from 'node:diagnostics_channel';

/** Whether this gateway can tell others, and hear from them, what is found of targets. */
export interface SharingChange {
  readonly connected: boolean;
  /** Why not; empty where it can. */
  readonly why: string;
}

/** Where it is published when that changes. */
export const sharingChanges = channel('dragoman:sharing');
