import type { DialectName } from '../canon/content.ts';
import { dialects } from '../dialects/index.ts';
import { joined } from './address.ts';
import { matches } from './kind.ts';
import { languages } from './language.ts';
import { type FactSources, quirksOf, rulesFor } from './model-facts.ts';
import { type Operation, type OperationRule, operationPath } from './operation.ts';
import type { Door, DoorWish } from './provider.ts';
import { filled, unfilled } from './template.ts';

/** Finds where a provider does what is no answer in a conversation. */
export class Doors {
  readonly #from: FactSources;
  readonly #rules: readonly OperationRule[];

  constructor(from: FactSources) {
    this.#from = from;
    const { kind, bases } = from;
    const usual = [...bases.keys()].flatMap((language) => languages[language].operations ?? []);
    this.#rules = rulesFor(kind?.operations ?? usual, from).filter(({ speaks }) => Object.hasOwn(dialects, speaks));
  }

  /** The way to an operation; nothing where its address has no place for it. */
  open(operation: Operation, { model, form }: DoorWish): Door | undefined {
    for (const rule of this.#rules) {
      const base = this.#baseOf(rule.speaks);
      if (base === undefined || !fits(rule, operation, model)) continue;
      const [at, name] = placeOf(rule, form);
      const template = filled(at, {
        ...this.#from.values,
        ...(model !== undefined && { model: encodeURIComponent(model) }),
      });
      if (unfilled(template, { operation: '' }).length > 0) continue;
      return Object.freeze({
        speaks: rule.speaks,
        origin: base.origin,
        ...(name === undefined ? {} : { form: name }),
        path: (rest: string) =>
          joined(
            base,
            template.replace('{operation}', () => operationPath(operation) + rest),
          ),
        quirks: quirksOf(this.#from, rule.speaks, model ?? ''),
      });
    }
    return undefined;
  }

  /** OpenAI's two languages have all the rest in common. */
  #baseOf(language: DialectName): URL | undefined {
    const { bases } = this.#from;
    return bases.get(language) ?? (language === 'openai-chat' ? bases.get('openai-responses') : undefined);
  }
}

function fits({ does, match }: OperationRule, operation: Operation, model: string | undefined): boolean {
  if (does !== undefined && !does.includes(operation)) return false;
  return match === undefined || (model !== undefined && matches(match, model));
}

/** The path for the client's own sort of body where there is one, else the preferred one. */
function placeOf(
  { path }: OperationRule,
  wanted: string | undefined,
): readonly [path: string, form: string | undefined] {
  if (typeof path === 'string') return [path, undefined];
  const forms = Object.entries(path);
  const [form, at] = forms.find(([name]) => name === wanted) ?? forms[0] ?? ['', ''];
  return [at, form];
}
