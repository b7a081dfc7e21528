import type { Operation } from '../providers/operation.ts';
import type { Provider } from '../providers/provider.ts';

/** Whether a provider can be asked for what is no answer in a conversation: what is known of it, or what its address allows. */
export type Standing = 'offered' | 'possible' | 'unlikely' | 'impossible';

/** How a provider stands to an operation. */
export function standingOf(provider: Provider, operation: Operation, model: string | undefined): Standing {
  const door = provider.door(operation, model === undefined ? {} : { model });
  if (door === undefined) return 'impossible';
  if (provider.offers === undefined) return 'possible';
  return provider.offers.includes(operation) ? 'offered' : 'unlikely';
}

/** The first provider that offers an operation for which no model is named; else the first that may. */
export function providerFor(operation: Operation, providers: Iterable<Provider>): Provider | undefined {
  const all = [...providers];
  const first = (wanted: Standing): Provider | undefined =>
    all.find((provider) => standingOf(provider, operation, undefined) === wanted);
  return first('offered') ?? first('possible');
}

/** The provider of a model that only the defaults decide: the usual ones if they may have the operation, else one that has. */
export function providerOfModel(
  operation: Operation,
  model: string,
  { usual, others }: { readonly usual: readonly Provider[]; readonly others: Iterable<Provider> },
): Provider | undefined {
  const standing = (provider: Provider): Standing => standingOf(provider, operation, model);
  return (
    usual.find((provider) => ['offered', 'possible'].includes(standing(provider))) ??
    [...others].find((provider) => standing(provider) === 'offered')
  );
}
