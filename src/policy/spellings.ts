/**
 * The names under which a table may know a model, from the one it has to the barest: marks after a colon or in brackets,
 * versions of hosts, dates, names of regions, vendors and folders before it are left out one after the other.
 */
export function spellingsOf(model: string): readonly string[] {
  const found = new Set<string>();
  for (const name of shortened(model.trim().toLowerCase())) {
    found.add(name);
    found.add(name.slice(name.lastIndexOf('/') + 1));
    found.add(bare(name));
  }
  return [...found];
}

/** The name without what follows it, step by step; each step may cost precision, and comes later for that. */
function shortened(name: string): string[] {
  const names = [name];
  const step = (shorten: (name: string) => string): void => {
    names.push(shorten(names.at(-1) ?? name));
  };
  // A free variant has no price of the paid one.
  step((text) => text.replace(/\[[^\]]*\]$/, '').replace(/:(?!free$)[a-z][a-z-]*$/, ''));
  // `-v1:0` at Bedrock, `@20250929` and `@default` at Vertex.
  step((text) =>
    text
      .replace(/-v\d+:\d+$|(?<=\d)-v\d+$/, '')
      .replace(/@default$/, '')
      .replace('@', '-'),
  );
  step((text) => text.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, ''));
  // Some write `gpt-5-1` for `gpt-5.1`.
  step((text) => text.replace(/(?<=\d)-(?=\d(\D|$))/, '.'));
  return names;
}

/** Without folders, and without the vendors and regions that stand before a dot: `us.anthropic.claude-opus-5`. */
function bare(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/^(?:[a-z-]+\.)+(?=[a-z])/, '')
    .replace(/^databricks-/, '');
}
