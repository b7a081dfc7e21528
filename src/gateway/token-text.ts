/**
 * The text of tokens of the vocabulary that OpenAI's models for embeddings have: libraries that split long texts send
 * tokens whatever the model is. The vocabulary is loaded when the first such list comes.
 */
export async function textOfTokens(tokens: readonly number[]): Promise<string> {
  const { decode } = await import('gpt-tokenizer/encoding/cl100k_base');
  return decode(tokens);
}
