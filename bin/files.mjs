import { createRequire } from 'node:module';

/**
 * Node's file system. To import it would load everything that it exports, streams and promises among it, at every start.
 * @type {typeof import('node:fs')}
 */
export const files = createRequire(import.meta.url)('node:fs');
