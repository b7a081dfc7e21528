import { isLocal, type Priced, type Prices } from './prices.ts';

/** A call of which nothing is known: most of what models are asked is several times as long as the answer. */
export const usualInput = 3000;
const usualOutput = 800;

/**
 * US dollars that a call costs at a model, for comparison; nothing where its prices are unknown. Models of local servers
 * cost nothing but what the configuration says.
 * @param input tokens of the prompt, where they are known.
 */
export function usualCost(prices: Pick<Prices, 'costOf'>, model: Priced, input = usualInput): number | undefined {
  const cost = prices.costOf({ ...model, usage: { input, output: usualOutput } });
  return cost ?? (isLocal(model.kind) ? 0 : undefined);
}
