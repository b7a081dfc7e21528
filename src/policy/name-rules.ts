import type { Config } from '../config/config.ts';
import type { ModelNames } from '../config/environment.ts';
import type { Family } from '../providers/kind.ts';
import type { Operation } from '../providers/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { providerFor, providerOfModel } from './operations.ts';
import type { Target } from './plan.ts';

function targetAt(provider: Provider, model: string, strict: boolean): Target {
  return { provider: provider.name, model: provider.modelName(model), strict };
}

const families: readonly { readonly family: Family; readonly bare: RegExp; readonly vendor: string }[] = [
  { family: 'claude', bare: /^claude/i, vendor: 'anthropic/' },
  {
    family: 'gpt',
    bare: /^(gpt-|chatgpt-|codex-|o\d|text-embedding-(3|ada)|(omni|text)-moderation|dall-e|whisper-1|tts-1|sora|(davinci|babbage)-002)/i,
    vendor: 'openai/',
  },
  { family: 'gemini', bare: /^(gemini|text-embedding-00\d|text-multilingual-embedding)/i, vendor: 'google/' },
];

/** What names mean when no rule of the file says it. */
export class NameRules {
  readonly prefixes: readonly string[];
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #default: Provider | undefined;
  /** The default where it was asked for by name: it goes before what names of models suggest. */
  readonly #chosen: Provider | undefined;
  readonly #names: ModelNames;
  readonly #strict: boolean;

  constructor(config: Config, providers: ReadonlyMap<string, Provider>) {
    this.#providers = providers;
    this.#default = providers.get(config.default_provider ?? '');
    this.#chosen = config.default_chosen ? this.#default : undefined;
    this.#names = config.names;
    this.#strict = config.strict;
    this.prefixes = [...providers.keys()].map((name) => `${name}/*`);
  }

  /** `big` and `small`: what the environment says they are, else what is usual at the default provider. */
  aliased(name: string): readonly Target[] | undefined {
    if (name !== 'big' && name !== 'small') return undefined;
    const meant = this.#names[name];
    if (meant !== undefined) return this.resolve(meant);
    const usual = this.#default?.[name];
    return this.#default === undefined || usual === undefined
      ? undefined
      : [targetAt(this.#default, usual, this.#strict)];
  }

  resolve(name: string): readonly Target[] | undefined {
    const target = this.#prefixed(name) ?? this.#byFamily(name) ?? (this.#default && this.#at(this.#default, name));
    return target === undefined ? undefined : [target];
  }

  /** Which of these rules decides where a name goes that is no alias. */
  reasonFor(name: string): 'prefix' | 'family' | 'default' {
    if (this.#prefixed(name) !== undefined) return 'prefix';
    return this.#byFamily(name) === undefined ? 'default' : 'family';
  }

  /** Where an operation goes that names a model by no provider; nothing where the usual way has to do. */
  forOperation(operation: Operation, name: string): readonly Target[] | undefined {
    if (name === '' || this.#prefixed(name) !== undefined) return undefined;
    const family = this.#byFamily(name)?.provider;
    const usual = [family === undefined ? undefined : this.#providers.get(family), this.#default];
    const found = providerOfModel(operation, name, {
      usual: usual.filter((provider) => provider !== undefined),
      // Without a default not every name is welcome.
      others: this.#default === undefined ? [] : this.#providers.values(),
    });
    return found === undefined ? undefined : [this.#at(found, name)];
  }

  withoutModel(operation: Operation): readonly Target[] {
    const first = this.#default === undefined ? [] : [this.#default];
    const found = providerFor(operation, [...first, ...this.#providers.values()]);
    return found === undefined ? [] : [{ provider: found.name, model: '', strict: this.#strict }];
  }

  /** `router/x/y` is the model `x/y` of the provider `router`. */
  #prefixed(name: string): Target | undefined {
    const slash = name.indexOf('/');
    const provider = slash < 0 ? undefined : this.#providers.get(name.slice(0, slash));
    if (provider === undefined || slash === name.length - 1 || this.#isVendorName(name, provider)) return undefined;
    return this.#at(provider, name.slice(slash + 1));
  }

  /** With OpenRouter chosen, `anthropic/claude-...` is OpenRouter's name for a model, even if Anthropic is configured too. */
  #isVendorName(name: string, provider: Provider): boolean {
    const chosen = this.#chosen;
    if (chosen === undefined || chosen === provider || !chosen.vendorNames) return false;
    return families.some(({ family, vendor }) => name.startsWith(vendor) && chosen.serves.includes(family));
  }

  /** A bare name goes to its maker, unless somebody chose a provider that has it, too. */
  #byFamily(name: string): Target | undefined {
    const family = families.find(({ bare }) => bare.test(name))?.family;
    if (family === undefined) return undefined;
    if (this.#chosen?.serves.includes(family) === true) return this.#at(this.#chosen, name);
    for (const provider of this.#providers.values()) {
      if (provider.home === family) return this.#at(provider, name);
    }
    return family === 'claude' ? this.#instead(name) : undefined;
  }

  /** Claude Code asks for Claude by name; a provider that has none answers with what stands for that family. */
  #instead(name: string): Target | undefined {
    const provider = this.#default;
    if (provider === undefined || provider.serves.includes('claude')) return undefined;
    for (const meant of standIns(name, this.#names)) {
      if (!families[0]?.bare.test(meant))
        return this.#prefixed(meant) ?? this.#byFamily(meant) ?? this.#at(provider, meant);
    }
    const usual = /haiku/i.test(name) ? provider.small : provider.big;
    return usual === undefined ? undefined : this.#at(provider, usual);
  }

  #at(provider: Provider, model: string): Target {
    return targetAt(provider, model, this.#strict);
  }
}

/** What the environment says for a Claude model, the most particular first. */
function standIns(name: string, { big, small, claude, opus, sonnet, haiku, fable }: ModelNames): string[] {
  const byFamily = (): (string | undefined)[] => {
    if (/haiku/i.test(name)) return [haiku, small];
    if (/opus/i.test(name)) return [opus, claude, big];
    if (/sonnet/i.test(name)) return [sonnet, claude, big];
    if (/fable/i.test(name)) return [fable, claude, big];
    return [claude, big];
  };
  return byFamily().filter((meant) => meant !== undefined);
}
