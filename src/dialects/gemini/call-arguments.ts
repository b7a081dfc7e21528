import { isObject, type JsonObject, numberIn, objectsIn, parseJson, stringIn } from '../../canon/json.ts';

type Step = string | number;

/** Largest position in a list that is believed. */
const longestList = 100_000;

/** Puts together the arguments of one call, which may come whole, or value by value with the place of each. */
export class CallArguments {
  readonly #root: { args: unknown } = { args: undefined };
  /** The place of a text that goes on. */
  #openPath: string | undefined;
  /** False: a value came whose place cannot be read. */
  sound = true;

  /** Takes what a `functionCall` says of its arguments. */
  add(call: JsonObject): void {
    if (isObject(call.args))
      this.#root.args = isObject(this.#root.args) ? { ...this.#root.args, ...call.args } : call.args;
    for (const part of objectsIn(call.partialArgs)) this.#addPart(part);
  }

  /** As JSON text. */
  json(): string {
    return JSON.stringify(this.#root.args ?? {});
  }

  /** What there is of arguments that were cut off: text that is plainly not whole. */
  cutJson(): string {
    return this.json().replace(/["}\]]+$/, '');
  }

  #addPart(part: JsonObject): void {
    const path = stringIn(part.jsonPath) ?? '';
    const steps = stepsOf(path);
    if (steps === undefined) {
      this.sound = false;
      return;
    }
    const value = valueAt(part);
    const goesOn = this.#openPath === path && typeof value === 'string';
    if (value !== undefined) place(this.#root, ['args', ...steps], value, goesOn);
    if (part.willContinue === true) this.#openPath = path;
    else if (this.#openPath === path) this.#openPath = undefined;
  }
}

/** The value of one place; nothing where none is said. */
function valueAt(part: JsonObject): unknown {
  if ('stringValue' in part) return stringIn(part.stringValue) ?? '';
  if ('numberValue' in part) return numberIn(part.numberValue) ?? part.numberValue;
  if ('boolValue' in part) return part.boolValue;
  return 'nullValue' in part ? null : undefined;
}

const stepPattern = /\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\['((?:[^'\\]|\\.)*)'\]/y;

/** The steps of a JSONPath that names one place: `$.a[0]['b']`. Nothing for anything else. */
function stepsOf(path: string): Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  for (let at = 1; at < path.length; at = stepPattern.lastIndex) {
    stepPattern.lastIndex = at;
    const found = stepPattern.exec(path);
    if (found === null) return undefined;
    const [, name, index, double, single] = found;
    if (index !== undefined) {
      if (Number(index) > longestList) return undefined;
      steps.push(Number(index));
    } else steps.push(name ?? (double === undefined ? unquoted(single ?? '') : String(parseJson(double))));
  }
  return steps;
}

function unquoted(single: string): string {
  return single.replace(/\\(['"\\/])/g, '$1');
}

/** Puts a value where the steps lead, making what lies on the way. */
function place(root: object, steps: readonly Step[], value: unknown, goesOn: boolean): void {
  let holder = root as { [step: Step]: unknown };
  steps.forEach((step, i) => {
    const next = steps[i + 1];
    const current = Object.hasOwn(holder, step) ? holder[step] : undefined;
    if (next === undefined) {
      set(holder, step, goesOn && typeof current === 'string' ? current + String(value) : value);
      return;
    }
    const made = typeof current === 'object' && current !== null ? current : emptyFor(next);
    set(holder, step, made);
    holder = made as { [step: Step]: unknown };
  });
}

function emptyFor(next: Step): object {
  return typeof next === 'number' ? [] : {};
}

/** Names such as `__proto__` are names like any other. */
function set(holder: object, step: Step, value: unknown): void {
  Object.defineProperty(holder, step, { value, writable: true, enumerable: true, configurable: true });
}
