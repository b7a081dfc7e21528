import type { DialectName } from '../../canon/content.ts';

/** The name this room goes by. */
export const cohereName = 'cohere' satisfies DialectName;
