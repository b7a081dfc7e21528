import { fingerprint } from '../../canon/fingerprint.ts';

const legal = /^[a-zA-Z0-9_-]{1,64}$/;

/** The id as the service takes it. The same id always gives the same result, so calls and results still find each other; different ids stay different. */
export function legalToolId(id: string): string {
  return legal.test(id) ? id : `${id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 40)}_${fingerprint(id, 16)}`;
}
