/**
 * The last members of the object that a body is, from the one of that name on. Nothing where they do not end with the
 * body: then it is not whole, or the name was somebody else's.
 */
export function lastMembers(body: Buffer, name: string): unknown {
  const at = body.lastIndexOf(`"${name}"`);
  if (at === -1) return undefined;
  try {
    return JSON.parse(`{${body.toString('utf8', at)}`);
  } catch {
    return undefined;
  }
}
