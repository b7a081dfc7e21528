/**
 * The last members of the object that a body is, from the one of that name on. Nothing where they do not end with the
 * body: then it is not whole, or the name was somebody else's.
 */
export function lastMembers(body: Buffer, name: string): unknown {
  const at = body.lastIndexOf(`"${name}"`);
  return at === -1 ? undefined : parsed(`{${body.toString('utf8', at)}`);
}

/**
 * The last member of that name whose value is an object, wherever it stands in the bytes: they may be the end of a stream.
 * The object's strings have no braces in them.
 */
export function lastMember(bytes: Buffer, name: string): unknown {
  const at = bytes.lastIndexOf(`"${name}"`);
  const open = at === -1 ? -1 : bytes.indexOf(openBrace, at);
  let depth = 0;
  for (let i = open; i !== -1 && i < bytes.length; i++) {
    if (bytes[i] === openBrace) depth += 1;
    else if (bytes[i] === closeBrace) depth -= 1;
    if (depth === 0) return parsed(`{${bytes.toString('utf8', at, i + 1)}}`);
  }
  return undefined;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
