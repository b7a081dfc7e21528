/** Response headers, names in lower case. */
type Headers = { readonly [name: string]: string };

/** Longest wait that is believed, seconds: larger numbers are mistakes or points in time. */
const longest = 24 * 60 * 60;

/** Seconds to wait, from the headers of any compatible server or, failing these, from the error's text. */
export function readRetryAfter(headers: Headers, message: string): number | undefined {
  const found =
    milliseconds(headers['retry-after-ms']) ??
    secondsOrDate(headers['retry-after']) ??
    untilReset(headers) ??
    inText(message);
  return found === undefined || found < 0 || found > longest ? undefined : found;
}

function milliseconds(value: string | undefined): number | undefined {
  const number = Number(value);
  return value === undefined || Number.isNaN(number) ? undefined : number / 1000;
}

function secondsOrDate(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const number = Number(value);
  if (!Number.isNaN(number)) return number;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

/** The reset of whichever limit is used up. */
function untilReset(headers: Headers): number | undefined {
  const waits: number[] = [];
  for (const what of ['requests', 'tokens', 'requests-day', 'tokens-minute']) {
    if (Number(headers[`x-ratelimit-remaining-${what}`] ?? '1') > 0) continue;
    const wait = duration(headers[`x-ratelimit-reset-${what}`]);
    if (wait !== undefined) waits.push(wait);
  }
  if (waits.length > 0) return Math.max(...waits);
  return Number(headers['x-ratelimit-remaining'] ?? '1') > 0 ? undefined : duration(headers['x-ratelimit-reset']);
}

/** `20ms`, `1.5s`, `6m0s`, `1h2m`, bare seconds, or a point in time in seconds or milliseconds. */
function duration(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) return units(value);
  if (number > 1e12) return (number - Date.now()) / 1000;
  return number > 1e9 ? number - Date.now() / 1000 : number;
}

const secondsPerUnit: { readonly [unit: string]: number } = { h: 3600, m: 60, s: 1, ms: 0.001 };

function units(value: string): number | undefined {
  let seconds: number | undefined;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
    seconds = (seconds ?? 0) + Number(amount) * (secondsPerUnit[unit ?? ''] ?? 0);
  }
  return seconds;
}

/** "Please try again in 1.2s", "retry after 12 seconds", "in 6m0s". */
function inText(message: string): number | undefined {
  const found =
    /(?:try again|retry|retrying)\s+(?:in|after)\s+(\d[\d.]*\s*(?:milliseconds?|seconds?|minutes?|ms|h|m|s)(?:\s*\d[\d.]*(?:ms|m|s))*)/i.exec(
      message,
    );
  const text = found?.[1];
  if (text === undefined) return undefined;
  return units(
    text
      .replace(/\s*milliseconds?/i, 'ms')
      .replace(/\s*seconds?/i, 's')
      .replace(/\s*minutes?/i, 'm')
      .replace(/\s+/g, ''),
  );
}
