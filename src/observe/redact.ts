/** Takes the known secrets out of a text. */
export type Redact = (text: string) => string;

/** Shorter values are no secrets, and would blot out half of any text. */
const shortest = 6;

/**
 * Makes the redactor for a set of secrets. Providers repeat keys in their errors, so everything that was not
 * written by the gateway itself passes through it on its way to a client's error or to the log.
 */
export function createRedact(secrets: Iterable<string>): Redact {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= shortest).sort((a, b) => b.length - a.length);
  if (known.length === 0) return (text) => text;
  const pattern = new RegExp(known.map((secret) => RegExp.escape(secret)).join('|'), 'g');
  return (text) => text.replace(pattern, '[redacted]');
}
