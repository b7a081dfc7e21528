import type { DialectName } from '../canon/content.ts';
import type { JsonObject } from '../canon/json.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { KnownKind } from '../config/environment.ts';
import type { Quirks } from '../dialects/dialect.ts';
import type { KeyHeader } from './key-header.ts';
import type { CallPaths } from './language.ts';
import type { Machine } from './machine.ts';
import type { Operation, OperationRule } from './operation.ts';
import type { Values } from './template.ts';
import type { Wrapping } from './wrapping.ts';

/** Models by whose they are: what a bare name tells of where to look for it. */
export type Family = 'claude' | 'gpt' | 'gemini';

/** Quirks of some models, by a pattern of their names: alternatives parted by `|`, each with any number of `*`. */
export interface ModelQuirks {
  readonly match: string;
  /** The languages in which they hold; the kind's own alone where this is absent. */
  readonly speaks?: DialectName | readonly DialectName[];
  readonly quirks: Quirks;
}

/**
 * Which models are called in which language, at which paths: the first path that exists is used. Of rules with the same
 * `match` the one in the client's language goes first.
 */
export interface RouteRule {
  readonly match: string;
  readonly speaks: DialectName;
  /** After the base URL; `{model}` stands for the model's name, other names for settings. */
  readonly paths: readonly (string | CallPaths)[];
  readonly wrapping?: Wrapping;
  /** True when no later rule counts for these models. */
  readonly only?: true;
  /** A setting without which, and one with which, the rule does not count. */
  readonly needs?: string;
  readonly without?: string;
}

/** Where OAuth client credentials become tokens. */
export interface TokenEndpoint {
  /** Whole, or after the base URL; names in `{}` stand for settings. */
  readonly url: string;
  readonly scope: string;
  /** Where the secret is shown: in a Basic header or in the form. */
  readonly secretIn: 'header' | 'form';
}

/** A kind of provider: everything about a service that is the same for all who use it. */
export interface Kind {
  readonly kind: string;
  /** Its name for people. */
  readonly title: string;
  /** The language it is spoken to when nobody says otherwise. */
  readonly speaks: DialectName;
  /**
   * Where it speaks each of its languages, as the language's SDK takes it. Names in `{}` stand for settings of that name
   * or for what `derive` makes of them, `{simulator}` for the address of the built-in one. None: the user says.
   */
  readonly baseUrls: { readonly [language in DialectName]?: string };
  /** Instead of the paths that are usual for the language. */
  readonly routes?: readonly RouteRule[];
  /** Instead of where its languages have what is no answer in a conversation. */
  readonly operations?: readonly OperationRule[];
  /** What of that it is known to offer. Absent: nobody knows, so it is tried. */
  readonly offers?: readonly Operation[];
  /** What many write at the end of an address although paths begin with it. */
  readonly superfluous?: RegExp;
  /** What its addresses need besides settings as they stand. */
  derive?(settings: ProviderConfig, machine: Machine): Values;
  /** The headers in which a key is shown. */
  readonly keyHeader?: KeyHeader | readonly KeyHeader[];
  /** False for servers that mostly run without one. */
  readonly needsKey: boolean;
  /** Variables that may hold a setting, the preferred one first. */
  readonly variables: { readonly [field: string]: readonly string[] };
  readonly enough: readonly (readonly string[])[];
  readonly alternatives?: KnownKind['alternatives'];
  readonly backends?: readonly string[];
  /** For its own language; in another one it is taken to be as the language has it. */
  readonly quirks?: Quirks;
  readonly models?: readonly ModelQuirks[];
  /** Request fields in its own language that the client may override. */
  readonly body?: JsonObject;
  /** Families it serves under the names their makers gave them, `rename` included. */
  readonly serves?: readonly Family[];
  /** The family that is at home here. */
  readonly home?: Family;
  /** Whether its models are named `vendor/model`. */
  readonly vendorNames?: boolean;
  /** From a maker's name to the name used here; the first that matches. Names in `{}` as in addresses. */
  readonly rename?: readonly (readonly [RegExp, string])[];
  /** From that name to the one by which tokens are counted, where it is another. */
  readonly countedAs?: readonly [RegExp, string];
  /** What the aliases `big` and `small` mean here. */
  readonly big?: string;
  readonly small?: string;
  /** A GET that lists the models, where the language's own does not: a path after the base URL, or a whole address. */
  readonly list?: string;
  /** The same for a GET that proves address and credential. */
  readonly probe?: string;
  /** How client credentials become tokens. */
  readonly token?: TokenEndpoint;
  /** How a cloud knows who is calling, besides keys. */
  readonly identity?: Identity;
}

/** Ways of clouds to show who is calling: all that their own tools look at. */
export type Identity = 'aws' | 'google';

/** What a row of an OpenAI-compatible service says; the rest is usual. */
export interface CompatibleRow
  extends Partial<
    Pick<
      Kind,
      | 'backends'
      | 'quirks'
      | 'models'
      | 'body'
      | 'serves'
      | 'home'
      | 'vendorNames'
      | 'rename'
      | 'offers'
      | 'big'
      | 'small'
      | 'probe'
    >
  > {
  readonly url: string;
  /** Where it speaks Anthropic's language too. */
  readonly anthropic?: string;
  /** Variables that hold its key. */
  readonly keys: readonly string[];
  /** False when the key's variable is often set for other purposes: then only PROXY_BACKEND or a file brings it in. */
  readonly detect?: boolean;
  readonly account?: readonly string[];
}

/** A hosted service that speaks OpenAI's chat language and wants a bearer key. */
export function compatible(kind: string, title: string, row: CompatibleRow): Kind {
  const { url, anthropic, keys, detect = true, account, ...rest } = row;
  const needed = account === undefined ? ['api_key'] : ['api_key', 'account'];
  return {
    kind,
    title,
    speaks: 'openai-chat',
    baseUrls: { 'openai-chat': url, ...(anthropic === undefined ? {} : { anthropic }) },
    keyHeader: 'bearer',
    needsKey: true,
    variables: { api_key: keys, ...addressVariables(kind), ...(account === undefined ? {} : { account }) },
    enough: detect ? [needed] : [],
    ...rest,
  };
}

/** A server on this machine or in this house: no key unless one is given. */
export function local(
  kind: string,
  title: string,
  row: { port: number; path?: string; anthropic?: boolean; quirks?: Quirks },
): Kind {
  const { port, path = '/v1', anthropic = false, quirks } = row;
  const origin = `http://127.0.0.1:${port}`;
  return {
    kind,
    title,
    speaks: 'openai-chat',
    baseUrls: { 'openai-chat': `${origin}${path}`, ...(anthropic ? { anthropic: origin } : {}) },
    keyHeader: 'bearer',
    needsKey: false,
    variables: { api_key: [`${variablePrefix(kind)}_API_KEY`], ...addressVariables(kind) },
    enough: [['base_url']],
    ...(quirks === undefined ? {} : { quirks }),
  };
}

/** `GROQ_BASE_URL` and the like: an address other than the usual one. */
export function addressVariables(kind: string): { base_url: readonly string[] } {
  const prefix = variablePrefix(kind);
  return { base_url: [`${prefix}_BASE_URL`, `${prefix}_API_BASE`] };
}

function variablePrefix(kind: string): string {
  return kind.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** Whether a model's name fits a pattern such as `o*|gpt-5*`. */
export function matches(pattern: string, model: string): boolean {
  return pattern.split('|').some((alternative) => {
    const [first = '', ...parts] = alternative.split('*');
    if (!model.startsWith(first)) return false;
    let position = first.length;
    for (const [i, part] of parts.entries()) {
      const found = i === parts.length - 1 ? lastIndex(model, part, position) : model.indexOf(part, position);
      if (found < 0) return false;
      position = found + part.length;
    }
    return position === model.length;
  });
}

function lastIndex(text: string, end: string, from: number): number {
  const start = text.length - end.length;
  return start >= from && text.endsWith(end) ? start : -1;
}

/** A kind as the configuration's room knows it. */
export function knownKind({ kind, variables, enough, alternatives, backends }: Kind): KnownKind {
  return {
    kind,
    variables,
    enough,
    ...(alternatives === undefined ? {} : { alternatives }),
    ...(backends === undefined ? {} : { backends }),
  };
}
