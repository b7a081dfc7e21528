import type { Address } from '../dialect.ts';

/** What is done with a model, by the end of the path. */
export type Action = 'converse' | 'converse-stream' | 'invoke' | 'invoke-with-response-stream' | 'count-tokens';

const PATH = /(?:^|\/)model\/(.+)\/([a-z-]+)$/;

/** The address of one of these actions on a model (an ARN has slashes and colons); undefined for any other path. */
export function addressOf(path: string, actions: readonly Action[]): Address | undefined {
  const found = PATH.exec(path);
  const action = actions.find((name) => name === found?.[2]);
  if (action === undefined) return undefined;
  const model = decodeURIComponent(found?.[1] ?? '');
  const operation = action === 'count-tokens' ? 'count' : 'answer';
  return { operation, model, stream: action.endsWith('stream') };
}
