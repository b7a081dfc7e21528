import type { Secret } from '../config/secret.ts';
import type { Headers } from '../dialects/dialect.ts';
import { type Ask, formQuestion } from './ask.ts';
import { fetchToken, type Token } from './token-service.ts';

/** Where and as whom tokens are fetched. */
export interface ClientCredentials {
  /** For messages. */
  readonly provider: string;
  readonly tokenUrl: URL;
  readonly clientId: Secret;
  readonly clientSecret: Secret;
  readonly scope: string;
  /** Where the secret is shown: in a Basic header or in the form. */
  readonly secretIn: 'header' | 'form';
  readonly ask: Ask;
}

/** A token by OAuth's client credentials. @throws GatewayError when there is none to be had. */
export function fetchClientToken(options: ClientCredentials): Promise<Token> {
  const { provider, ask, tokenUrl, clientId, clientSecret, scope, secretIn } = options;
  const grant = { grant_type: 'client_credentials', scope };
  const [id, secret] = [clientId.reveal(), clientSecret.reveal()];
  const basic: Headers = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
  const question =
    secretIn === 'header'
      ? formQuestion(tokenUrl, basic, grant)
      : formQuestion(tokenUrl, {}, { ...grant, client_id: id, client_secret: secret });
  return fetchToken({ provider, ask, shown: 'its client id and secret' }, question);
}
