import type { DialectName } from '../../src/canon/content.ts';
import { type Dialect, dialects } from '../../src/dialects/index.ts';
import { emptyRequest, pass, translate } from '../laws/passing.ts';

/** Dialects of which there are clients. */
export const spoken: readonly Dialect[] = Object.values(dialects).filter(({ client }) => client !== undefined);

/** What leaves for a client when these bytes come: passed where both speak the same language, else translated. */
export function through(language: DialectName, client: Dialect, chunks: readonly Uint8Array[]): Buffer {
  const from = Object.values(dialects).find(({ name }) => name === language);
  if (from === undefined || client.client === undefined) throw new Error(`nobody speaks ${language}`);
  return from === client && client.pass !== undefined
    ? pass(client, emptyRequest(client), chunks).bytes
    : translate(from.upstream, client.client, emptyRequest(client), chunks);
}
