/** US dollars per million tokens. */
export interface Rates {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  /** What is kept for five minutes, and what is kept for an hour. */
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
}

/** Prices of a model, from a day on (`2027-01-01`) or between two times of each day (UTC, `01:00:00`) where that is said. */
export interface Price {
  readonly rates: Rates;
  /** Rates that hold instead when the prompt has more tokens than the number before them; in rising order. */
  readonly above?: readonly (readonly [tokens: number, rates: Rates])[];
  readonly from?: string;
  readonly hours?: readonly [begin: string, end: string];
}

/** A model of the table. */
export interface TableModel {
  /** Names: `*` stands for anything, what stands between slashes is a regular expression. Lower case. */
  readonly match: readonly string[];
  /** Tokens of prompt and answer together. */
  readonly window?: number;
  /** Of those that hold the last one counts. */
  readonly prices?: readonly Price[];
}

/** What is known of prices, by the table's own names of providers. The first model that matches counts. */
export interface PriceTable {
  readonly source: string;
  readonly date: string;
  readonly providers: {
    /** `also`: whose models cost there what they cost at home. */
    readonly [provider: string]: { readonly models: readonly TableModel[]; readonly also?: readonly string[] };
  };
}
