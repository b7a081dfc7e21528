import type { GatewayError } from '../canon/error.ts';
import type { Provider } from '../providers/provider.ts';
import { type Lesson, Lessons, lessonKey } from './lessons.ts';
import { type Ability, abilities, type Needs } from './needs.ts';
import type { Target } from './plan.ts';
import type { Prices } from './prices.ts';
import { bytesPerToken } from './prompt-media.ts';
import { refusedAbility } from './refused-ability.ts';

/** What a target lacks. */
export interface Lack {
  readonly ability: Ability | 'input';
  /** For people: `quirk images: false`, `refused 12 min ago`, `window 8192`. */
  readonly why: string;
  /** Whether the gateway makes do without: the call is not kept away from the target for it. */
  readonly madeUp: boolean;
}

/** Where it is looked up what a target can do. */
export interface CapabilityOptions {
  provider(name: string): Pick<Provider, 'kind' | 'configName' | 'routes' | 'contextWindow'>;
  readonly prices: Pick<Prices, 'windowOf'>;
  /** What has been told before, and will be. */
  readonly lessons?: Lessons;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
}

type Model = Pick<Target, 'provider' | 'model'>;

/** How long a refusal is believed: models are exchanged behind their names, servers started with other options. */
const believedMs = 6 * 60 * 60_000;

/** What is known before anybody has asked: quirks, the window. */
interface Known {
  /** The same for every key of the provider. */
  readonly key: string;
  readonly lacks: readonly Lack[];
  readonly window: number | undefined;
}

/** What targets can do: as their settings say, and as they have said themselves when they refused. */
export class Capabilities {
  readonly #options: CapabilityOptions;
  readonly #now: () => number;
  readonly #known = new WeakMap<Model, Known>();
  readonly #lessons: Lessons;

  constructor(options: CapabilityOptions) {
    this.#options = options;
    this.#lessons = options.lessons ?? new Lessons();
    this.#now = options.now ?? (() => performance.now());
  }

  /** Whether a target is believed to be able to do what is needed. */
  can(target: Model, needs: Needs): boolean {
    const known = this.#knownOf(target);
    for (const { ability, madeUp } of known.lacks) if (!madeUp && ability !== 'input' && needs[ability]) return false;
    const learnt = this.#lessons.of(known.key);
    const window = this.#windowOf(known, learnt);
    if (window !== undefined && needs.input > window) return false;
    if (learnt === undefined) return true;
    for (const ability of abilities) if (needs[ability] && this.#isFresh(learnt.refused[ability])) return false;
    return true;
  }

  /** Whether it matters for any of these targets what a call needs: only then need its body be understood. */
  matter(targets: readonly Target[], bytes: number): boolean {
    const tokens = bytes / bytesPerToken;
    return targets.some((target) => {
      if (target.when !== undefined) return true;
      const known = this.#knownOf(target);
      const learnt = this.#lessons.of(known.key);
      const window = this.#windowOf(known, learnt);
      return (
        learnt !== undefined || known.lacks.some(({ madeUp }) => !madeUp) || (window !== undefined && tokens > window)
      );
    });
  }

  /** Tokens of prompt and answer together, as the target has said, else as it is written down; nothing where nobody knows. */
  window(target: Model): number | undefined {
    const known = this.#knownOf(target);
    return this.#windowOf(known, this.#lessons.of(known.key));
  }

  /** Everything that a target lacks, or that of it which matters to a call. */
  lacks(target: Model, needs?: Needs): readonly Lack[] {
    const known = this.#knownOf(target);
    const learnt = this.#lessons.of(known.key);
    const matters = (ability: Ability): boolean => needs === undefined || needs[ability];
    const refused = abilities.flatMap((ability): Lack[] => {
      const at = learnt?.refused[ability];
      if (!matters(ability) || at === undefined || !this.#isFresh(at)) return [];
      return [{ ability, why: `refused ${Math.round((this.#now() - at) / 60_000)} min ago`, madeUp: false }];
    });
    const window = this.#windowOf(known, learnt);
    const small = window !== undefined && needs !== undefined && needs.input > window;
    return [
      ...known.lacks.filter(({ ability }) => ability === 'input' || matters(ability)),
      ...refused,
      ...(small ? [{ ability: 'input', why: `window ${window}`, madeUp: false } as const] : []),
    ];
  }

  /** Takes note of what an error says of a target that the call was given up for there. True when it has told something. */
  learn(target: Model, error: GatewayError): boolean {
    const { limit } = error.details;
    const overflow = error.kind === 'context_overflow' && limit !== undefined && limit > 0 ? limit : undefined;
    const ability = overflow === undefined ? refusedAbility(error) : undefined;
    if (overflow === undefined && ability === undefined) return false;
    const learnt = this.#lessons.open(this.#knownOf(target).key);
    const at = this.#now();
    if (overflow !== undefined) learnt.window = { tokens: overflow, at };
    if (ability !== undefined) learnt.refused[ability] = at;
    return true;
  }

  #isFresh(at: number | undefined): boolean {
    return at !== undefined && this.#now() - at < believedMs;
  }

  #windowOf({ window }: Known, learnt: Lesson | undefined): number | undefined {
    const told = learnt?.window;
    return told !== undefined && this.#isFresh(told.at) ? told.tokens : window;
  }

  #knownOf(target: Model): Known {
    const seen = this.#known.get(target);
    if (seen !== undefined) return seen;
    const { provider: name, model } = target;
    const provider = this.#options.provider(name);
    const { kind, configName } = provider;
    const window =
      provider.contextWindow(model) ?? this.#options.prices.windowOf({ kind, provider: configName, model });
    const known = { key: lessonKey(configName, model), lacks: quirkLacks(provider, model), window };
    this.#known.set(target, known);
    return known;
  }
}

/** What the quirks of the first way to a model say; a later way is for servers that have no such path. */
function quirkLacks(provider: Pick<Provider, 'routes'>, model: string): Lack[] {
  const quirks = provider.routes(model)[0]?.quirks;
  if (quirks === undefined) return [];
  return [
    ...(quirks.images === false ? [lack('images', 'quirk images: false', false)] : []),
    ...(quirks.files === false ? [lack('pdf', 'quirk files: false; told as text', true)] : []),
    ...(quirks.reasoning_request === 'none' ? [lack('thinking', 'quirk reasoning_request: none', true)] : []),
    ...(quirks.json_schema === false ? [lack('structured', 'quirk json_schema: false; checked here', true)] : []),
  ];
}

function lack(ability: Ability, why: string, madeUp: boolean): Lack {
  return Object.freeze({ ability, why, madeUp });
}
