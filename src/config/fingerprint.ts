import { hash } from 'node:crypto';
import { Secret } from './secret.ts';

/** A digest of settings, their credentials included: the same for what means the same, and telling nothing of it. */
export function fingerprintOf(value: unknown): string {
  return hash('sha256', JSON.stringify(open(value)) ?? '', 'base64');
}

function open(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => ({ [name]: open(inner) }));
}
