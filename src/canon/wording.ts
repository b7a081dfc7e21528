import type { ErrorKind } from './error.ts';

/** A text that tells a kind, and the HTTP statuses that leave room for it; `undefined` where none speaks. */
interface Wording {
  readonly kind: ErrorKind;
  readonly text: RegExp;
  readonly fits: (status: number | undefined) => boolean;
}

/** Characters of a text that are read. */
const maxRead = 4000;

const oneOf =
  (...statuses: readonly (number | undefined)[]) =>
  (status: number | undefined): boolean =>
    statuses.includes(status);
/** Whoever is refused at the door may be told so in any words. */
const belowLimits = (status: number | undefined): boolean =>
  status === undefined || (status < 500 && status !== 429 && status !== 401);
const serverSide = (status: number | undefined): boolean => status === undefined || status >= 500;
const anyRefusal = (status: number | undefined): boolean => status === undefined || status < 500;

/** In the order in which they are believed. A 400 may mention money, a model or a key in passing; a 429 names all sorts of things. */
const wordings: readonly Wording[] = [
  {
    // No waiting helps a request that is larger than what a whole minute may have.
    kind: 'too_large',
    text: /^request too large for .*\blimit \d+, requested \d+/is,
    fits: anyRefusal,
  },
  {
    kind: 'billing',
    text: /credit balance is too low|reached your specified (?:\w+ )*usage limits|budget has been exceeded|exceeded ?(?:token ?)?budget|(?:monthly|your) spend(?:ing)? limit|suspended.{0,80}(?:spending|invoice|payment|billing)|purchase (?:more )?credits/is,
    fits: anyRefusal,
  },
  {
    // Google begins what it says of the limit of a minute with the words by which others mean money.
    kind: 'billing',
    text: /exceeded your current quota(?!.*retry in \d)|insufficient (?:credits?|balance|quota|funds)|requires more credits|out of credits|any credits|all available credits|payment required|(?:credit|key) limit exceeded|credit balance|credits? (?:are|is|has been|have been) (?:depleted|exhausted)|billing (?:hard )?(?:limit|account|issue|is not)|plans? (?:&|and) billing(?!.*retry in \d)|余额不足/is,
    fits: oneOf(undefined, 402, 403, 412, 429),
  },
  {
    kind: 'content_policy',
    text: /content (?:management |filtering )?policy|content_filter|contentpolicyviolation|flagged (?:input|by|as|for)|(?:was|been) flagged|requires moderation|safety (?:system|policy)|usage policy|considered high risk/i,
    fits: belowLimits,
  },
  {
    kind: 'overloaded',
    text: /experiencing high (?:demand|traffic|load)|(?:engine|model|server) is (?:currently )?overloaded|访问量过大/i,
    fits: (status) => serverSide(status) || status === 429,
  },
  {
    kind: 'overloaded',
    text: /overload|over capacity|at capacity|capacity exceeded|high demand|too busy|server (?:is )?busy|currently busy/i,
    fits: serverSide,
  },
  {
    kind: 'not_found',
    text: /model .{0,200}(?:not found|does not exist|is not available|not exist)|no (?:endpoints|allowed providers|such model)|unknown model|invalid model name/i,
    fits: belowLimits,
  },
  {
    kind: 'authentication',
    text: /(?:incorrect|invalid|missing|no) (?:api )?key|invalid (?:authentication|(?:access )?token)|no auth credentials|api key (?:not valid|has expired|expired)/i,
    fits: oneOf(undefined, 400, 403),
  },
  {
    kind: 'rate_limit',
    text: /rate[ _-]?limit|too many requests|slow down|requests per (?:minute|second)/i,
    fits: oneOf(undefined),
  },
  { kind: 'upstream_timeout', text: /timed? ?out|deadline exceeded/i, fits: oneOf(undefined) },
];

/**
 * The kind of failure that an error's text tells, in the words of the servers that are known; nothing where it tells
 * none. A kind is only believed where the status leaves room for it.
 */
export function kindOfWording(message: string, status: number | undefined): ErrorKind | undefined {
  const text = message.slice(0, maxRead);
  return wordings.find((wording) => wording.fits(status) && wording.text.test(text))?.kind;
}
