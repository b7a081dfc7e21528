/** More of the text has to be seen. */
const more = Symbol('more');

/** How a model was asked to go on with a text. */
export type Resumption =
  /** It sees the text as the beginning of its own answer, without the white space at its end. */
  | { readonly type: 'prefill' }
  /** It was asked to repeat these last words of the text first. */
  | { readonly type: 'anchor'; readonly anchor: string };

/** Characters of a text that are given to a model to begin with. */
const anchorLength = 60;

/** A repetition of fewer characters may be chance, unless it begins where a word does: then of fewer than these. */
const leastRepeated = 12;
const leastWord = 4;

/** The last words of a text, by which a model is to find the place where to go on. */
export function anchorOf(sent: string): string {
  const trimmed = sent.trimEnd();
  const tail = trimmed.slice(-anchorLength);
  if (tail.length === trimmed.length) return tail;
  const word = /\s/.exec(tail);
  return word === null ? tail : tail.slice(word.index + 1);
}

/**
 * What of the beginning of a second text is new to somebody who has heard the first: the words that are repeated, as asked
 * for or unasked, are left out. Nothing while more of it has to be seen.
 * @param isAll nothing more will come of it.
 */
export function newText(sent: string, head: string, resumption: Resumption, isAll: boolean): string | undefined {
  if (resumption.type === 'prefill') return afterPrefill(sent, head, isAll);
  const said = afterAnchor(sent, head, resumption.anchor) ?? afterReplay(sent, head);
  // Up to now all of it is a repetition.
  if (said === more) return isAll ? '' : undefined;
  if (said !== undefined) return said;
  // As long as it says what has been said it may be on its way to the end of that.
  return isAll || !sent.includes(head.trim()) ? afterOverlap(sent, head) : undefined;
}

/** The white space that the model was not shown it may say again. */
function afterPrefill(sent: string, head: string, isAll: boolean): string | undefined {
  const hidden = sent.slice(sent.trimEnd().length);
  if (head.length < hidden.length && !isAll) return hidden.startsWith(head) ? undefined : head;
  let same = 0;
  while (same < hidden.length && hidden[same] === head[same]) same += 1;
  return head.slice(same);
}

/** What comes after the anchor where the text begins with it, give or take white space. */
function afterAnchor(sent: string, head: string, anchor: string): string | typeof more | undefined {
  const begin = /^[\s"'“‘«`…<]*/.exec(head)?.[0].length ?? 0;
  for (const start of begin === 0 || begin === head.length ? [0] : [0, begin]) {
    const end = matched(anchor, head.slice(start));
    if (end === more) return more;
    if (end !== undefined) return withoutHidden(sent, head.slice(start + end));
  }
  return undefined;
}

/** The white space at the end of what was sent stands after the anchor, too. */
function withoutHidden(sent: string, rest: string): string | typeof more {
  const hidden = sent.slice(sent.trimEnd().length);
  if (hidden === '') return rest;
  if (/^\s*$/.test(rest)) return more;
  const own = /^\s*/.exec(rest)?.[0] ?? '';
  return own.startsWith(hidden) ? rest.slice(hidden.length) : rest.slice(own.length);
}

/** How many characters of the text say the same as the words do; runs of white space are all the same. */
function matched(words: string, text: string): number | typeof more | undefined {
  let at = 0;
  for (let i = 0; i < words.length; ) {
    if (at >= text.length) return more;
    if (/\s/.test(words[i] as string) && /\s/.test(text[at] as string)) {
      while (i < words.length && /\s/.test(words[i] as string)) i += 1;
      while (at < text.length && /\s/.test(text[at] as string)) at += 1;
      continue;
    }
    if (words[i] !== text[at]) return undefined;
    i += 1;
    at += 1;
  }
  return at;
}

/** Some begin their answer anew: as long as they say the same, nothing of it is new. */
function afterReplay(sent: string, head: string): string | typeof more | undefined {
  const common = Math.min(sent.length, head.length);
  if (head.slice(0, common) !== sent.slice(0, common)) return undefined;
  return head.length > sent.length ? head.slice(sent.length) : more;
}

/** Without the longest end of what was sent that the second text begins with. */
function afterOverlap(sent: string, head: string): string {
  const begin = head.length - head.trimStart().length;
  const said = head.slice(begin);
  for (let length = Math.min(sent.length, said.length); length > 0; length--) {
    const from = sent.length - length;
    if (!said.startsWith(sent.slice(from))) continue;
    const isWord = /\s/.test(sent[from - 1] ?? ' ') && (length >= leastWord || /\w\s*$/.test(sent));
    if (length >= leastRepeated || isWord) return said.slice(length);
  }
  return head;
}
