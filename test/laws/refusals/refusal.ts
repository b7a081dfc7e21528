// What services answer when they refuse: their own wordings, and what each of them means.
import type { DialectName } from '../../../src/canon/content.ts';
import type { ErrorKind } from '../../../src/canon/error.ts';
import type { JsonObject } from '../../../src/canon/json.ts';

/** A refusal as it comes over HTTP. */
export interface Refusal {
  /** Who says so. */
  readonly from: string;
  readonly dialect: DialectName;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly kind: ErrorKind;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly shouldRetry?: boolean;
}

/** An error inside an answer that began well: the data of its events, or the name of an exception and its fields. */
export interface Break {
  readonly from: string;
  readonly dialect: DialectName;
  readonly event: JsonObject;
  /** The event's name; an exception's where the language has exceptions. */
  readonly name?: string;
  readonly kind: ErrorKind;
  readonly retryAfter?: number;
}

export const anthropicError = (type: string, message: string): JsonObject => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
});

export const openaiError = (
  message: string,
  type: string | null = null,
  code: string | number | null = null,
): JsonObject => ({
  error: { message, type, param: null, code },
});

export const googleError = (code: number, status: string, message: string, ...details: JsonObject[]): JsonObject => ({
  error: { code, message, status, ...(details.length > 0 && { details }) },
});

export const retryInfo = (retryDelay: string): JsonObject => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
});
export const quotaFailure = (quotaId: string): JsonObject => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests', quotaId }],
});

type Row = Omit<Refusal, 'dialect' | 'from'>;

export const under = (dialect: DialectName, from: string, rows: readonly Row[]): Refusal[] =>
  rows.map((row) => ({ dialect, from, ...row }));

export const googleQuota =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10\nPlease retry in 34.074824224s.';
export const openaiQuota =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.';
