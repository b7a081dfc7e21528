/** The text with its variables filled in, or what is wrong with it. */
export type Substitution =
  | { readonly text: string }
  | { readonly complaint: string /** The variable that is not set, when that is all. */; readonly unset?: string };

const plain = '$' + '{';
const references = /\$(\$\{|\{[^}]*\}?)/g;
const wellFormed = /^\{([A-Za-z_]\w*)(?::-([^}]*))?\}$/;

/** `${NAME}`, and `${NAME:-default}` for when NAME is not set or empty; `$${` stands for `${` itself. */
export function substitute(text: string, env: { readonly [name: string]: string | undefined }): Substitution {
  let complaint: string | undefined;
  let unset: string | undefined;
  const filled = text.replace(references, (_whole, reference: string) => {
    if (reference === plain) return reference;
    const [, name, fallback] = wellFormed.exec(reference) ?? [];
    if (name === undefined || fallback?.includes(plain) === true) {
      complaint ??= `write a variable as \${NAME} or \${NAME:-default}, and $${plain} for a plain ${plain}`;
      return '';
    }
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    if (fallback === undefined) unset ??= name;
    return fallback ?? '';
  });
  if (complaint !== undefined) return { complaint };
  if (unset === undefined) return { text: filled };
  return { complaint: `the variable ${unset} is not set. Set it, or write \${${unset}:-default}`, unset };
}
