import { GatewayError } from '../canon/error.ts';
import { isObject, type JsonObject, numberIn, objectsIn, parseJson, stringIn } from '../canon/json.ts';
import type { ModelEntry } from '../dialects/dialect.ts';
import type { Provider } from '../providers/provider.ts';
import type { Sender } from '../upstream/send.ts';
import { sendWhole } from '../upstream/whole.ts';

/** How long a provider's list of models is believed, and how long it may take to get it, milliseconds. */
const freshMs = 5 * 60_000;
const patienceMs = 5_000;

/** Where a client's names come from: those written in the configuration, and patterns that take over a provider's. */
export interface NameSource {
  /** Names without a `*`. */
  readonly names: readonly { readonly name: string; readonly provider: string }[];
  /** Patterns with a `*`, and what becomes of it at the provider. */
  readonly patterns: readonly { readonly pattern: string; readonly provider: string; readonly model: string }[];
}

/** The models clients may ask for. Providers are asked for theirs when somebody wants to know, and not again for a while. */
export class ModelList {
  readonly #source: NameSource;
  readonly #fetchModels: (provider: string) => Promise<readonly ModelEntry[]>;
  readonly #cache = new Map<string, { readonly until: number; readonly models: Promise<readonly ModelEntry[]> }>();

  constructor(source: NameSource, fetchModels: (provider: string) => Promise<readonly ModelEntry[]>) {
    this.#source = source;
    this.#fetchModels = fetchModels;
  }

  async all(): Promise<readonly ModelEntry[]> {
    const entries = new Map<string, ModelEntry>();
    const add = (entry: ModelEntry): void => {
      if (!entries.has(entry.id)) entries.set(entry.id, entry);
    };
    for (const { name, provider } of this.#source.names) add({ id: name, owner: provider });
    const found = await Promise.all(this.#source.patterns.map((each) => this.#matching(each)));
    for (const entry of found.flat()) add(entry);
    return [...entries.values()];
  }

  /** A provider's models under the names that the pattern gives them. */
  async #matching({ pattern, provider, model }: NameSource['patterns'][number]): Promise<ModelEntry[]> {
    const [before = '', after = ''] = model.split('*');
    const models = await this.#modelsOf(provider);
    return models
      .filter(({ id }) => id.startsWith(before) && id.endsWith(after) && id.length >= before.length + after.length)
      .map((entry) => {
        const star = entry.id.slice(before.length, entry.id.length - after.length);
        return { ...entry, id: pattern.replace('*', () => star), owner: provider };
      });
  }

  /** A provider that does not answer adds nothing, for a while. */
  #modelsOf(provider: string): Promise<readonly ModelEntry[]> {
    const known = this.#cache.get(provider);
    if (known !== undefined && known.until > Date.now()) return known.models;
    const models = this.#fetchModels(provider).catch(() => []);
    this.#cache.set(provider, { until: Date.now() + freshMs, models });
    return models;
  }
}

/** Asks a provider which models it serves. @throws GatewayError when it does not say. */
export async function fetchModels(
  sender: Sender,
  userAgent: string,
  provider: Provider,
): Promise<readonly ModelEntry[]> {
  const headers = { accept: 'application/json', 'user-agent': userAgent };
  const request = { method: 'GET', ...provider.list, headers } as const;
  const answer = await sendWhole(sender, {
    ...request,
    headers: { ...headers, ...(await provider.authorize(request)) },
    timeouts: { ...provider.timeouts, firstByte: patienceMs, total: patienceMs },
  });
  if (answer.status !== 200)
    throw new GatewayError('bad_upstream', `${provider.name} answers ${answer.status} to a request for its models.`, {
      status: answer.status,
    });
  return readModels(parseJson(answer.body.toString()));
}

/** What providers call the list; some send it bare. */
const listFields = ['data', 'models', 'inferenceProfileSummaries', 'publisherModels'] as const;

/** The models in any provider's list. */
export function readModels(body: unknown): ModelEntry[] {
  const field = isObject(body) ? listFields.find((name) => Array.isArray(body[name])) : undefined;
  const list = isObject(body) && field !== undefined ? body[field] : body;
  return objectsIn(list).filter(answers).flatMap(readModel);
}

/** Google lists what it has for other purposes, too, and says for which. */
function answers({ supportedGenerationMethods: methods }: JsonObject): boolean {
  return !Array.isArray(methods) || methods.includes('generateContent');
}

function readModel(entry: JsonObject): ModelEntry[] {
  const text = (...names: readonly string[]): string | undefined => firstOf(entry, names, stringIn);
  const number = (...names: readonly string[]): number | undefined => firstOf(entry, names, numberIn);
  // Google's names have the folder in which they lie before them.
  const name = text('name')?.replace(/^(publishers\/[^/]+\/)?models\//, '');
  const own = text('id', 'inferenceProfileId');
  const id = own ?? name;
  if (id === undefined) return [];
  const displayName =
    text('display_name', 'displayName', 'inferenceProfileName') ?? (own === undefined ? undefined : name);
  const created = number('created');
  const contextWindow = number('context_length', 'max_input_tokens', 'inputTokenLimit');
  const maxOutput = number('outputTokenLimit');
  return [
    {
      id,
      ...(displayName !== undefined && { displayName }),
      ...(created !== undefined && { created }),
      ...(contextWindow !== undefined && { contextWindow }),
      ...(maxOutput !== undefined && { maxOutput }),
    },
  ];
}

function firstOf<T>(
  entry: JsonObject,
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = read(entry[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}
