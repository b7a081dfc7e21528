import type { GatewayError } from '../canon/error.ts';
import type { Headers } from '../dialects/dialect.ts';
import { createRedact } from '../observe/redact.ts';
import type { Provider } from '../providers/provider.ts';
import { sendWhole, type WholeAnswer } from '../upstream/whole.ts';
import type { Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import { withoutSecrets } from './reply.ts';
import { authorized, type Unsigned } from './wire-call.ts';

/** Sends a request and gathers its answer; once more by another credential, where the first is refused and there is one. */
export async function sendCredentialed(
  gateway: Gateway,
  { provider, call, signal }: { readonly provider: Provider; readonly call: Call; readonly signal: AbortSignal },
  request: Unsigned,
): Promise<{ readonly answer: WholeAnswer; readonly credentials: Headers }> {
  const limit = gateway.settings.maxAnswer;
  for (let renewed = false; ; renewed = true) {
    const credentials = await provider.authorize(request, signal);
    call.record.tries += 1;
    const answer = await sendWhole(gateway.sender, authorized(request, credentials), limit, signal);
    if (renewed || !mayBeRenewed(answer.status, provider, credentials)) return { answer, credentials };
  }
}

/** Some services say by 401 that a token has expired, some by 403. True where there is another to be had. */
export function mayBeRenewed(status: number, provider: Provider, credentials: Headers): boolean {
  return (status === 401 || status === 403) && provider.refused(credentials);
}

/** Providers repeat in their errors what they were sent, keys included. */
export function cleaned(gateway: Gateway, credentials: Headers, error: GatewayError): GatewayError {
  const sent = createRedact(Object.values(credentials).map((value) => value.replace(/^Bearer /, '')));
  return withoutSecrets(error, (text) => gateway.redact(sent(text)));
}
