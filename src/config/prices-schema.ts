import { z } from 'zod';
import { wholeNumber } from './field.ts';

const dollars = () => z.number().min(0).max(1_000_000);

const priceSchema = z.strictObject({
  input: dollars().describe('Prompt tokens that no cache has to do with.').exactOptional(),
  output: dollars().describe('Tokens of the answer, reasoning included.').exactOptional(),
  cache_read: dollars().describe('Prompt tokens read from a cache.').exactOptional(),
  cache_write: dollars().describe('Prompt tokens written to a cache.').exactOptional(),
  cache_write_1h: dollars().describe('Those that are kept there for an hour.').exactOptional(),
  context_window: wholeNumber(1, 1_000_000_000)
    .describe('Tokens that prompt and answer may have together.')
    .exactOptional(),
});

/** What models cost, over what the built-in table says. */
export const pricesSchema = z.record(z.string().min(1), priceSchema);

/** The prices of one pattern, US dollars per million tokens. */
export type PriceSettings = z.output<typeof priceSchema>;
