/** What is known of a model by its name alone, where languages differ from model to model. */
export interface ModelFamily {
  /** 2, 2.5, 3, ...; nothing for names that tell none. */
  readonly generation: number | undefined;
  /** `pro`, `flash-lite`, `flash`; empty where the name tells none. */
  readonly size: 'pro' | 'flash-lite' | 'flash' | '';
}

/** The family that a model's name tells of. */
export function familyOf(model: string): ModelFamily {
  // Names without a number follow the newest one.
  const number = /gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? (/gemini-.*latest/.test(model) ? '3' : undefined);
  const size = (['pro', 'flash-lite', 'flash'] as const).find((word) => model.includes(word)) ?? '';
  return { generation: number === undefined ? undefined : Number(number), size };
}

/** Known to be of the third generation or later: thinks in levels, checks proofs, takes pictures in results. */
export function isModern({ generation }: ModelFamily): boolean {
  return generation !== undefined && generation >= 3;
}

/** Known to be of an earlier one. */
export function isEarlier({ generation }: ModelFamily): boolean {
  return generation !== undefined && generation < 3;
}
