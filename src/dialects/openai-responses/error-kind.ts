import { type ErrorKind, errorKindOf } from '../../canon/error.ts';
import { kindOfWording } from '../../canon/wording.ts';

/** Codes and types of OpenAI and its kin, lower case; those that in-stream errors have among them. */
const kindByWord: ReadonlyMap<string, ErrorKind> = new Map(
  Object.entries({
    context_overflow: ['context_length_exceeded', 'context_window_exceeded', 'model_max_prompt_tokens_exceeded'],
    billing: [
      'insufficient_quota',
      'billing_hard_limit_reached',
      'billing_not_active',
      'billing_error',
      'insufficient_credits',
      'insufficient_balance',
      'usage_limit_reached',
      'usage_not_included',
    ],
    content_policy: [
      'content_policy_violation',
      'content_filter',
      'responsibleaipolicyviolation',
      'image_content_policy_violation',
      'bio_policy',
      'cyber_policy',
      'misalignment_policy_violation',
    ],
    authentication: ['invalid_api_key', 'authentication_error', 'unauthorized', 'invalid_authentication'],
    permission: ['permission_error', 'permission_denied', 'insufficient_permissions', 'data_residency_mismatch'],
    not_found: ['model_not_found', 'not_found_error', 'not_found', 'deploymentnotfound', 'previous_response_not_found'],
    rate_limit: ['rate_limit_exceeded', 'rate_limit_error', 'too_many_requests', 'tokens', 'requests'],
    overloaded: [
      'server_is_overloaded',
      'slow_down',
      'nocapacity',
      'overloaded',
      'overloaded_error',
      'engine_overloaded',
    ],
    unavailable: ['service_unavailable', 'temporarily_unavailable'],
    upstream_timeout: ['upstream_timeout', 'deadline_exceeded', 'vector_store_timeout'],
    timeout: ['timeout', 'request_timeout'],
    conflict: ['conflict'],
    too_large: ['request_too_large', 'image_too_large', 'image_file_too_large'],
    not_supported: ['not_supported'],
    bad_upstream: ['bad_upstream'],
  } satisfies { readonly [kind in ErrorKind]?: readonly string[] }).flatMap(([kind, words]) =>
    words.map((word): [string, ErrorKind] => [word, kind as ErrorKind]),
  ),
);

/** Words that say less than a code or the text does: asked last. */
const vagueKinds: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', 'invalid_request'],
  ['bad_request', 'invalid_request'],
  // A prompt that was flagged is called so too: its text tells.
  ['invalid_prompt', 'invalid_request'],
  ['server_error', 'internal'],
  ['internal_error', 'internal'],
  ['internal_server_error', 'internal'],
  ['api_error', 'internal'],
]);

/** What is known of an error besides its text. */
export interface ErrorMarks {
  /** Type, code and the like, lower case. */
  readonly words: readonly string[];
  /** HTTP status, where there is one. */
  readonly status: number | undefined;
  /** The text speaks of a prompt that does not fit. */
  readonly overflow: boolean;
  /** The body is OpenAI's own form. */
  readonly envelope: boolean;
}

/** The kind that an error's words, status and text stand for. */
export function kindOf(message: string, { words, status, overflow, envelope }: ErrorMarks): ErrorKind {
  if (overflow) return 'context_overflow';
  // A request larger than the limit of a minute is called a rate limit too, and no waiting helps it.
  const told = kindOfWording(message, status);
  if (status === 413 || told === 'too_large') return 'too_large';
  for (const word of words) {
    const kind = kindByWord.get(word);
    if (kind === 'timeout' && status !== undefined && status >= 500) return 'upstream_timeout';
    if (kind === 'unavailable' && told === 'overloaded') return told;
    if (kind !== undefined) return kind;
  }
  if (told !== undefined) return told;
  if (status === 503 && envelope) return 'overloaded';
  if (status !== undefined) return errorKindOf(status);
  return words.map((word) => vagueKinds.get(word)).find((kind) => kind !== undefined) ?? 'bad_upstream';
}
