/**
 * Reads what stands under a name and may be long. Where things stand is put together for errors alone: it is read without
 * paths (each is empty, and stays so when something is added to it), and once more with them where that fails.
 */
export function readUnder<T>(name: string, read: (path: string) => T): T {
  try {
    return read('');
  } catch {
    return read(name);
  }
}

/** A path that goes further; none where nobody has to be told. */
export function longer(path: string, more: string): string {
  return path === '' ? '' : path + more;
}
