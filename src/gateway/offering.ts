import { GatewayError } from '../canon/error.ts';
import type { Operation } from '../providers/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { kinds } from '../providers/table.ts';
import type { Gateway } from './gateway.ts';

/** Services that are named to whoever has none that would do, at most. */
const mostNamed = 6;

/** Says that a provider, or none of them, has an operation, and who does. @param said what the provider itself says. */
export function notOffered(gateway: Gateway, operation: Operation, provider?: Provider, said?: string): GatewayError {
  const whose = provider === undefined ? 'No provider here offers' : `The provider "${provider.name}" does not offer`;
  const answer = said === undefined ? '.' : `: it answers "${said.slice(0, 300)}".`;
  return new GatewayError('not_found', `${whose} ${operation}${answer} ${whoDoes(gateway, operation)}`, {
    code: 'unknown_url',
    shouldRetry: false,
  });
}

function whoDoes(gateway: Gateway, operation: Operation): string {
  const here = [...gateway.providers.values()].filter(({ offers }) => offers?.includes(operation) === true);
  if (here.length > 0) return `Of the providers here ${here.map(({ name }) => `"${name}"`).join(', ')} do.`;
  const services = [...kinds.values()].filter(({ offers }) => offers?.includes(operation) === true);
  const titles = services.slice(0, mostNamed).map(({ title }) => title);
  return titles.length === 0 ? '' : `None of the providers here is known to. Services that do: ${titles.join(', ')}.`;
}

/** A provider that is not known to have an operation, and answers that there is no such thing, most likely has none. */
export function explained(
  gateway: Gateway,
  operation: Operation,
  provider: Provider,
  error: GatewayError,
): GatewayError | undefined {
  if (provider.offers?.includes(operation) === true) return undefined;
  // It may be the model that is not there.
  const missing = error.status === 404 ? !/\bmodel\b/i.test(error.message) : [405, 501].includes(error.status);
  return missing ? notOffered(gateway, operation, provider, error.message) : undefined;
}
