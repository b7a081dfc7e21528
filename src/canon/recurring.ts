/** What was made of each value that recurs, by what has made it. */
const makings = new WeakMap<object, Map<unknown, unknown>>();

/**
 * Tells that a list will come again as the same object, as the tools do that an agent sends with every call: what is made
 * of it from now on is made once. Many hold it, so it is frozen, as deep as it goes.
 */
export function recurring<T extends readonly unknown[]>(list: T): T {
  freeze(list);
  makings.set(list, new Map());
  return list;
}

/**
 * What is made of a list: made anew, or what was made the last time of a list that recurs. A list that was made of one recurs too.
 * @param how what makes it and all that it depends on besides the list: one of few.
 */
export function madeOf<T>(list: readonly unknown[], how: unknown, make: () => T): T {
  const made = makings.get(list);
  if (made === undefined) return make();
  if (made.has(how)) return made.get(how) as T;
  const fresh = make();
  made.set(how, Array.isArray(fresh) ? recurring(fresh) : fresh);
  return fresh;
}

/** Whether a list comes again as the same object. */
export function recurs(list: readonly unknown[]): boolean {
  return makings.has(list);
}

/** Not by recursion: values may be nested more deeply than calls. */
function freeze(list: object): void {
  const left = [list];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const value of Object.values(next) as unknown[])
      if (typeof value === 'object' && value !== null) left.push(value);
  }
}
