/** What stands for `{...}` in addresses, paths and names. */
export type Values = { readonly [name: string]: string | undefined };

/** The template with its places filled; those that nothing is known of stay. */
export function filled(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Names in a template for which there is no value. */
export function unfilled(template: string, values: Values): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => values[name] === undefined);
}
