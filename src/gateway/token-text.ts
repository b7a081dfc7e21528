import { GatewayError } from '../canon/error.ts';

/**
 * The text of tokens of the vocabulary that OpenAI's models for embeddings have: libraries that split long texts send
 * tokens whatever the model is. The vocabulary is loaded when the first such list comes. @throws invalid_request
 */
export async function textOfTokens(tokens: readonly number[]): Promise<string> {
  const { decode } = await import('gpt-tokenizer/encoding/cl100k_base');
  try {
    return decode(tokens);
  } catch (cause) {
    const message = 'input: the provider takes no tokens, and these are not of the vocabulary cl100k_base.';
    throw new GatewayError('invalid_request', message, { cause, param: 'input' });
  }
}
