/** Response headers, names in lower case. */
type Headers = { readonly [name: string]: string };

/** Longest wait that is believed, seconds: some allowances are counted by the week; what is more is a mistake. */
const longest = 8 * 24 * 60 * 60;

/** Characters of an error's text that are read. */
const maxRead = 4000;

/**
 * Seconds to wait before another try: from what the error's body says in a place of its own, else from the headers of
 * any compatible server, else from the error's text. What is no time, lies in the past or is absurd is passed over.
 */
export function readRetryAfter(headers: Headers, message: string, said?: unknown): number | undefined {
  return (
    believable(spoken(said)) ??
    believable(milliseconds(headers['retry-after-ms'])) ??
    believable(secondsOrDate(headers['retry-after'])) ??
    believable(untilReset(headers)) ??
    believable(inText(message.slice(0, maxRead)))
  );
}

function believable(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds >= 0 && seconds <= longest ? seconds : undefined;
}

/** A number of seconds, or `34.07s`. */
function spoken(said: unknown): number | undefined {
  if (typeof said === 'number') return said;
  return typeof said === 'string' ? duration(said) : undefined;
}

function milliseconds(value: string | undefined): number | undefined {
  const number = numberIn(value);
  return number === undefined ? undefined : number / 1000;
}

/** Seconds, a date of any form, or a duration with its units. */
function secondsOrDate(value: string | undefined): number | undefined {
  return duration(value) ?? untilDate(value);
}

/** A date without a day of the week and without dashes is none: `Date.parse` makes one of nearly everything. */
function untilDate(value: string | undefined): number | undefined {
  if (value === undefined || !/^\s*(?:[a-z]{3,9},? |\d{4}-\d\d-\d\d)/i.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

/** What OpenAI and its kin count, in `x-ratelimit-remaining-...` and `x-ratelimit-reset-...`. */
const counted: readonly string[] = ['requests', 'tokens', 'requests-day', 'tokens-minute'];
/** What Anthropic counts, in `anthropic-ratelimit-...-remaining` and `...-reset`. */
const countedByAnthropic: readonly string[] = ['requests', 'tokens', 'input-tokens', 'output-tokens'];

/** The reset of whichever limit is used up; the latest where several are. */
function untilReset(headers: Headers): number | undefined {
  const waits: number[] = [];
  const note = (remaining: string | undefined, reset: string | undefined): void => {
    const left = numberIn(remaining);
    const wait = left !== undefined && left <= 0 ? believable(secondsOrDate(reset)) : undefined;
    if (wait !== undefined) waits.push(wait);
  };
  for (const what of counted) note(headers[`x-ratelimit-remaining-${what}`], headers[`x-ratelimit-reset-${what}`]);
  for (const what of countedByAnthropic) {
    note(headers[`anthropic-ratelimit-${what}-remaining`], headers[`anthropic-ratelimit-${what}-reset`]);
  }
  note(headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']);
  note(headers['ratelimit-remaining'], headers['ratelimit-reset']);
  const unified = headers['anthropic-ratelimit-unified-status'] === 'rejected';
  if (unified) note('0', headers['anthropic-ratelimit-unified-reset']);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** `20ms`, `1.5s`, `6m0s`, `1h2m`, bare seconds, or a point in time in seconds or milliseconds. */
function duration(value: string | undefined): number | undefined {
  const number = numberIn(value);
  if (number === undefined) return value === undefined ? undefined : units(value);
  if (number > 1e12) return Math.max(0, (number - Date.now()) / 1000);
  return number > 1e9 ? Math.max(0, number - Date.now() / 1000) : number;
}

function numberIn(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const secondsPerUnit: { readonly [unit: string]: number } = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

/** Amounts with their units, one after the other, and nothing else. */
const amounts = /^\s*(?:\d+(?:\.\d+)?\s*(?:ms|d|h|m|s)\s*){1,6}$/;

function units(value: string): number | undefined {
  if (value.length > 100 || !amounts.test(value)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)\s*(ms|d|h|m|s)/g)) {
    seconds += Number(amount) * (secondsPerUnit[unit ?? ''] ?? 0);
  }
  return seconds;
}

const time =
  '(\\d+(?:\\.\\d+)?\\s*(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?|ms|d|h|m|s)\\b(?:(?:,| and)?\\s*\\d+(?:\\.\\d+)?\\s*(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|ms|h|m|s)\\b)*' +
  '|(?:\\d+(?:\\.\\d+)?(?:ms|d|h|m|s)){2,5}\\b)';

/** "Please try again in 1m3.2s", "retry after 26 seconds", "retry your request after 5 minutes", "wait 39 seconds before retrying", "will reset after 17s". */
const wordings: readonly RegExp[] = [
  new RegExp(`(?:try|trying|retry|retrying)(?: again| (?:your|the|this) request)?:? (?:in|after) ${time}`, 'i'),
  new RegExp(`wait (?:for )?(?:another )?${time}`, 'i'),
  new RegExp(`(?:resets?|available again|regenerates?) (?:in|after) ${time}`, 'i'),
];

function inText(message: string): number | undefined {
  for (const wording of wordings) {
    const text = wording.exec(message)?.[1];
    if (text !== undefined) return units(abbreviated(text));
  }
  return undefined;
}

function abbreviated(text: string): string {
  return text
    .toLowerCase()
    .replace(/,| and/g, '')
    .replace(/milliseconds?/g, 'ms')
    .replace(/(?:seconds?|secs?)/g, 's')
    .replace(/(?:minutes?|mins?)/g, 'm')
    .replace(/hours?/g, 'h')
    .replace(/days?/g, 'd');
}
