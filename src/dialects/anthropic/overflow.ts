import type { ErrorDetails, GatewayError } from '../../canon/error.ts';

/** Numbers of an overflow, as far as its wording gives them, tokens. */
export type Overflow = Pick<ErrorDetails, 'tokens' | 'limit' | 'maxTokens'>;

/** A client that is told the sum lowers `max_tokens` so that this many stay free. */
const clientReserve = 1000;

/** Recognizes "does not fit the model's window", in the service's words and in those of what stands behind proxies of it. */
export function readOverflow(message: string, code?: string): Overflow | undefined {
  const sum = /input length and `?max_tokens`? exceed context limit: (\d+) \+ (\d+) > (\d+)/.exec(message);
  if (sum !== null) {
    const [input = 0, answer = 0, limit = 0] = sum.slice(1).map(Number);
    return { tokens: input + answer, limit, maxTokens: answer };
  }
  const prompt = /prompt is too long: (\d+) tokens > (\d+)/i.exec(message);
  if (prompt !== null) return { tokens: Number(prompt[1]), limit: Number(prompt[2]) };
  const limit = /maximum context length is (\d+)/i.exec(message);
  if (limit !== null) {
    const asked = /(?:requested|resulted in|contains?(?: at least)?) (?:about )?(\d+) (?:input )?tokens/i.exec(message);
    return { limit: Number(limit[1]), ...(asked !== null && { tokens: Number(asked[1]) }) };
  }
  const said =
    code === 'context_length_exceeded' ||
    /prompt is too long|^input is too long|exceeds? (?:the )?(?:model's )?context (?:window|length|limit)/i.test(
      message,
    );
  return said ? {} : undefined;
}

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
