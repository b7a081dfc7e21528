import type { GatewayError } from '../../canon/error.ts';

/** A client that is told the sum lowers `max_tokens` so that this many stay free. */
const clientReserve = 1000;

/** The service's own wordings, by which its clients know what to do. Every other has to be said anew for them. */
export const nativeOverflow =
  /^prompt is too long: \d+ tokens > \d+ maximum|input length and `?max_tokens`? exceed context limit: \d+ \+ \d+ > \d+|^Input is too long\.?$/;

/** The wording that makes clients compact their history or lower `max_tokens`: no other does. */
export function overflowMessage({ message, details }: GatewayError): string {
  const { tokens, limit, maxTokens } = details;
  if (limit === undefined) return /^prompt is too long/i.test(message) ? message : `prompt is too long: ${message}`;
  const asked = Math.max(tokens ?? 0, limit + 1);
  const input = asked - (maxTokens ?? 0);
  if (maxTokens !== undefined && input + clientReserve < limit) {
    return `input length and \`max_tokens\` exceed context limit: ${input} + ${maxTokens} > ${limit}`;
  }
  return `prompt is too long: ${asked} tokens > ${limit} maximum`;
}
