import type { Ability } from './needs.ts';

/** What errors have told of a model at a provider. Times are milliseconds of a steady clock. */
export interface Lesson {
  /** When it was refused. */
  readonly refused: { [ability in Ability]?: number };
  window?: { readonly tokens: number; readonly at: number };
}

const maxLessons = 2000;

/** Under which name something is kept of a model; all keys of a provider have the same. */
export function lessonKey(configName: string, model: string): string {
  return `${configName}\n${model}`;
}

/** What errors have told of models. It outlives configurations. */
export class Lessons {
  /** The one that was told of longest ago is the first. */
  readonly #lessons = new Map<string, Lesson>();

  of(key: string): Lesson | undefined {
    return this.#lessons.get(key);
  }

  /** To be written into. */
  open(key: string): Lesson {
    const lesson = this.#lessons.get(key) ?? { refused: {} };
    this.#lessons.delete(key);
    if (this.#lessons.size >= maxLessons) this.#lessons.delete(this.#lessons.keys().next().value as string);
    this.#lessons.set(key, lesson);
    return lesson;
  }

  /** Forgets all that was told of a provider: it is another one now. */
  forget(configName: string): void {
    for (const key of this.#lessons.keys()) if (key.startsWith(lessonKey(configName, ''))) this.#lessons.delete(key);
  }
}
