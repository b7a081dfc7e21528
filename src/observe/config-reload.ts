import { channel } from 'node:diagnostics_channel';

/** The configuration was read again: it holds from now on, or it was refused and the old one stays. */
export interface ConfigReload {
  readonly outcome: 'applied' | 'refused';
}

/** Where every reload is published. */
export const configReloads = channel('dragoman:config-reload');

/** Tells whoever listens. */
export function publishConfigReload(reload: ConfigReload): void {
  if (configReloads.hasSubscribers) configReloads.publish(reload);
}
