import type { Ext } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { flat } from '../../canon/flat.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Usage } from '../../canon/usage.ts';
import { ownFields, responsesName } from './ext.ts';
import { echoOf } from './response-fields.ts';
import { writeUsage } from './usage.ts';

/** The response that a stream is about: all of it but its output and its end. */
export interface ResponseHead {
  readonly id: string;
  /** Fields that repeat the request. */
  readonly echo: JsonObject;
  /** The response at some time of its life. */
  at(state: ResponseState): JsonObject;
}

/** What changes while an answer is given. */
export interface ResponseState {
  /** Status, and what goes with it. */
  readonly ending: JsonObject;
  readonly output: readonly JsonObject[];
  readonly usage: Usage | undefined;
  /** Fields of the answer that only this language has, and that were said late. */
  readonly ext?: Ext | undefined;
}

/** What an answer is called, and what it was asked for. */
export function responseHead(
  answer: { readonly id: string; readonly model: string; readonly ext?: Ext },
  request: ChatRequest,
): ResponseHead {
  const own = ownFields(answer.ext);
  const id = responseId(answer, request);
  const created = own.created_at ?? Math.floor(Date.now() / 1000);
  const echo = echoOf(request);
  return {
    id,
    echo,
    at: ({ ending, output, usage, ext }) => ({
      id,
      object: 'response',
      error: null,
      incomplete_details: null,
      model: answer.model === '' ? request.model : answer.model,
      output,
      usage: usage === undefined ? null : writeUsage(usage),
      ...own,
      created_at: created,
      ...ownFields(ext),
      ...ending,
    }),
  };
}

/** Ids of answers whose providers gave none: whoever writes the same answer to the same request again gives it the same id. */
const made = new WeakMap<ChatRequest, string>();

/** The id that clients find the answer by. Ids of other languages are told apart from this one's own. */
function responseId({ id, ext }: { readonly id: string; readonly ext?: Ext }, request: ChatRequest): string {
  if (id === '') {
    const known = made.get(request) ?? flat('resp_', crypto.randomUUID().replaceAll('-', ''));
    made.set(request, known);
    return known;
  }
  if (ext?.[responsesName] !== undefined || id.startsWith('resp_')) return id;
  return /^[\w-]{1,100}$/.test(id) ? flat('resp_', id) : flat('resp_', fingerprint(id, 40));
}
