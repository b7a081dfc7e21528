const sizeUnits: { readonly [unit: string]: number } = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };
const timeUnits: { readonly [unit: string]: number } = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};
const tokenUnits: { readonly [unit: string]: number } = { '': 1, k: 1000, m: 1_000_000 };

/** Bytes in `32mb`, `512kb`, `1024`; nothing when it is no size. A kilobyte has 1024 bytes. */
export function bytesIn(value: number | string): number | undefined {
  return quantityIn(value, sizeUnits);
}

/** Milliseconds in `10s`, `5m`, `250ms`, `1500`; nothing when it is no time. */
export function millisecondsIn(value: number | string): number | undefined {
  return quantityIn(value, timeUnits);
}

/** Tokens in `100k`, `1m`, `8192`; nothing when it is no such number. A k is 1000. */
export function tokensIn(value: number | string): number | undefined {
  return quantityIn(value, tokenUnits);
}

/** The share in `p95`, `99.9%`, `0.95`; nothing when it is none between one half and 1. */
export function quantileIn(value: number | string): number | undefined {
  const percent = /^\s*(?:p(\d{2}(?:\.\d{1,3})?)|(\d{2}(?:\.\d{1,3})?)%)\s*$/i.exec(String(value));
  const share = percent === null ? Number(value) : Number((Number(percent[1] ?? percent[2]) / 100).toFixed(5));
  return share >= 0.5 && share < 1 ? share : undefined;
}

function quantityIn(value: number | string, units: { readonly [unit: string]: number }): number | undefined {
  const match = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)\s*$/i.exec(String(value));
  const unit = units[(match?.[2] ?? '?').toLowerCase()];
  if (match === null || unit === undefined) return undefined;
  const quantity = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(quantity) ? quantity : undefined;
}
