import { judgedStream, judgedWhole } from '../failover/judgement.ts';
import type { Heard } from './client.ts';
import { type Draw, wordOf } from './draw.ts';
import { type Truth, truthOf } from './fault.ts';
import type { Going } from './provider.ts';
import { isOfKind, type Told, toldByStatus, toldInStream } from './telling.ts';

/** What came of an exchange. */
export interface Outcome {
  /**
   * `told`: of a failure, and truthfully; `lost`: its worker was killed while it went on; `hung`: no end within the bound.
   */
  readonly type: 'right' | 'told' | 'wrong' | 'hung' | 'lost';
  readonly why?: string;
}

/** What happened around an exchange. */
export interface Around {
  /** The provider was away meanwhile. */
  readonly isAway: boolean;
  /** A worker was killed meanwhile. */
  readonly isKilled: boolean;
}

const wrong = (why: string): Outcome => ({ type: 'wrong', why });

/** Judges what a client got. */
export function judged(draw: Draw, going: Going, heard: Heard, around: Around): Outcome {
  if (heard.isHung)
    return {
      type: 'hung',
      why: `${heard.bytes.length} bytes came, the last of them ${heard.bytes.subarray(-300).toString()}`,
    };
  if (heard.broken !== undefined) {
    if (around.isKilled) return { type: 'lost' };
    return wrong(`${heard.broken} after ${heard.bytes.length} bytes: ${heard.bytes.subarray(-300).toString()}`);
  }
  if (going.fault !== undefined) return wrong(going.fault);
  const { client, stream, answer } = draw;
  if (heard.status !== 200) {
    const told = toldByStatus(client, heard.status, heard.headers, heard.bytes);
    return truthful(draw, told, heard, around);
  }
  const { kind, why = '' } = (stream ? judgedStream : judgedWhole)(client, heard.bytes, answer);
  if (kind === 'wrong') return wrong(why);
  if (kind === 'error') return truthful(draw, toldInStream(client, heard.bytes), heard, around);
  const { right } = truthOf(draw.fault, wordOf(draw));
  if (draw.route === 'alone' && right === 'never') return wrong('an answer out of nothing');
  return { type: 'right' };
}

function truthful(draw: Draw, told: Told | undefined, { headers, bytes, status }: Heard, { isAway }: Around): Outcome {
  const quote = `${status} ${bytes.subarray(-500).toString()}`;
  if (told === undefined) return wrong(`an error that no client can read: ${quote}`);
  const { fault, client } = draw;
  const truth = truthOf(fault, wordOf(draw));
  const own = fault?.type === 'refuses' ? fault.refusal.status : undefined;
  if (isAway && isOfKind(client, told, 'bad_upstream') && /provider/i.test(told.message))
    return { type: 'told', why: quote };
  if (!isTrue(client, told, truth, own) && !isPassed(draw, told)) return wrong(`not what happened: ${quote}`);
  const wait = fault?.type === 'refuses' ? fault.wait : undefined;
  if (wait !== undefined && told.status !== undefined && headers['retry-after'] !== String(wait))
    return wrong(`to wait ${String(headers['retry-after'])} s and not ${wait} s: ${quote}`);
  return { type: 'told', why: quote };
}

/** Who speaks the provider's own language gets its own body. */
function isPassed({ client, first, fault, ...draw }: Draw, { words, message, status }: Told): boolean {
  if (fault?.type !== 'refuses' || client !== first || status !== fault.refusal.status) return false;
  const body = Buffer.from(JSON.stringify(fault.refusal.body(wordOf({ ...draw, client, first, fault }))));
  const own = toldByStatus(client, status, fault.refusal.headers ?? {}, body);
  return message === own?.message && own.words.every((word) => words.includes(word));
}

function isTrue(client: Draw['client'], told: Told, { right, kinds, says }: Truth, own: number | undefined): boolean {
  return right !== 'always' && says.test(told.message) && kinds.some((kind) => isOfKind(client, told, kind, own));
}
