import { hash32 } from '../canon/fingerprint.ts';
import type { Target } from './plan.ts';

/**
 * How strongly a session is drawn to a target: whoever has the highest of these numbers is its own. Everybody who
 * reckons comes to the same, so that processes and replicas agree without asking each other, and when a target goes
 * only its own sessions move. Over many sessions each target is first as often as its weight says.
 */
export function attraction(target: Target, session: number): number {
  const drawn = hash32(target.model, hash32(target.provider, session));
  return weighted(target, (drawn + 0.5) / 2 ** 32);
}

/** The same by chance. Without weight it comes behind all that have one. @param drawn from 0 to less than 1. */
export function weighted({ weight = 1 }: Target, drawn: number): number {
  return Math.log(Math.max(drawn, Number.MIN_VALUE)) / weight;
}

/** A session's key as a number. */
export function sessionNumber(session: string): number {
  return hash32(session, 0);
}
