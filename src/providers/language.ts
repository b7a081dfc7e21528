import type { DialectName } from '../canon/content.ts';
import type { KeyHeader } from './kind.ts';

/** Where a language's calls go, after the base URL as the language's SDK takes it. */
export interface LanguagePaths {
  readonly call: string;
  /** Counting a prompt's tokens, after `call`. */
  readonly count?: string;
  /** A GET that answers quickly and, with most servers, proves the credential. */
  readonly probe: string;
  /** How the credential is shown where the kind does not say. */
  readonly keyHeader: KeyHeader;
}

/** The languages that providers are spoken to. */
export const languages: { readonly [name in DialectName]?: LanguagePaths } = {
  anthropic: { call: '/v1/messages', count: '/count_tokens', probe: '/v1/models', keyHeader: 'x-api-key' },
  'openai-chat': { call: '/chat/completions', probe: '/models', keyHeader: 'bearer' },
};
