import type { ErrorKind } from '../../src/canon/error.ts';
import type { Language } from '../failover/stage.ts';
import type { Chance } from './chance.ts';
import { type Refusal, refusals } from './refusals.ts';

/** What a provider says instead of an answer. */
export const garbages = [
  'a web page',
  'a web page as a refusal',
  'a web page as a stream',
  'nothing at all',
  'an empty stream',
  'a redirection',
  'not HTTP',
  'gzip that ends early',
  'gzip that is none',
  'half a character',
  'an error under a good status',
  'a string',
  'null',
  'another length',
] as const;

/** What stands among the frames of a stream, or how they come. */
export const junks = [
  'a frame of no JSON',
  'a frame of another type',
  'half a character',
  'the beginning twice',
  'no beginning',
  'an error in the middle',
] as const;

/** What a client need not know of: the answer is all there. */
export const harmless = ['one byte at a time', 'gzip', 'comments', 'another type', 'slowly'] as const;

/** How a provider fails, or nearly. */
export type Fault =
  | { readonly type: 'refuses'; readonly refusal: Refusal /** Seconds. */; readonly wait?: number }
  | { readonly type: 'stalls'; readonly at: 'the head' | 'the first byte' | 'the middle'; readonly share: number }
  | { readonly type: 'is cut'; readonly how: 'ends' | 'breaks' | 'is reset'; readonly share: number }
  | { readonly type: 'is reset'; readonly at: 'the connection' | 'the request' | 'the head' }
  | { readonly type: 'says'; readonly what: (typeof garbages)[number] }
  | { readonly type: 'mixes in'; readonly what: (typeof junks)[number]; readonly share: number }
  | { readonly type: 'comes'; readonly how: (typeof harmless)[number]; readonly share: number };

/** Where a fault may be drawn. */
export interface Circumstances {
  readonly speaks: Language;
  readonly stream: boolean;
  /** Whether somebody else may mend what is said to be the client's own fault; nobody can. */
  readonly isMended: boolean;
  /** Most seconds that a refusal asks to wait for. */
  readonly mostWait: number;
}

/** Draws a fault, each sort about as often as it makes sense to. */
export function drawFault(chance: Chance, where: Circumstances): Fault {
  const share = chance.share();
  const kinds = [
    ...['refuses', 'refuses', 'refuses', 'is cut', 'is cut', 'is cut', 'is reset', 'says', 'says', 'comes'],
    ...['stalls', ...(where.stream ? ['mixes in', 'is cut', 'is cut'] : [])],
  ];
  switch (chance.one(kinds)) {
    case 'refuses': {
      const all = refusals[where.speaks].filter(({ kind }) => !where.isMended || kind !== 'invalid_request');
      const refusal = chance.one(all);
      const wait = chance.is(0.5) ? undefined : 1 + Math.floor(chance.share() * where.mostWait);
      return { type: 'refuses', refusal, ...(wait !== undefined && wait <= where.mostWait && { wait }) };
    }
    case 'stalls':
      return { type: 'stalls', at: chance.one(['the head', 'the first byte', 'the middle']), share };
    case 'is reset':
      return { type: 'is reset', at: chance.one(['the connection', 'the request', 'the head']) };
    case 'says':
      return { type: 'says', what: chance.one(garbages) };
    case 'mixes in':
      return { type: 'mixes in', what: chance.one(junks), share };
    case 'comes':
      return { type: 'comes', how: chance.one(harmless), share };
    default:
      return { type: 'is cut', how: chance.one(['ends', 'breaks', 'is reset']), share };
  }
}

/** The fault in a line. */
export function faultText(fault: Fault | undefined): string {
  if (fault === undefined) return 'well';
  switch (fault.type) {
    case 'refuses':
      return `refuses: ${fault.refusal.status} ${fault.refusal.kind}${fault.wait === undefined ? '' : `, wait ${fault.wait} s`}`;
    case 'stalls':
    case 'is reset':
      return `${fault.type} at ${fault.at}`;
    case 'is cut':
      return `is cut at ${(fault.share * 100).toFixed(1)} %, ${fault.how}`;
    case 'says':
    case 'mixes in':
      return `${fault.type} ${fault.what}`;
    case 'comes':
      return `comes ${fault.how}`;
  }
}

/** What a client may be told when nobody mends it. */
export interface Truth {
  /** Whether the answer may be, or has to be, right all the same. */
  readonly right: 'never' | 'maybe' | 'always';
  readonly kinds: readonly ErrorKind[];
  /** What the message has to say. */
  readonly says: RegExp;
}

const provider = /provider|stream|answer|message/i;

/** What is true of a fault. @param mark the text that stands in refusals. */
export function truthOf(fault: Fault | undefined, mark: string): Truth {
  switch (fault?.type) {
    case undefined:
    case 'comes':
      return { right: 'always', kinds: [], says: provider };
    case 'refuses':
      return { right: 'never', kinds: [fault.refusal.kind], says: new RegExp(mark) };
    case 'stalls':
      return { right: 'maybe', kinds: ['upstream_timeout'], says: provider };
    case 'is reset':
      return { right: 'never', kinds: ['bad_upstream'], says: provider };
    case 'is cut':
      return { right: 'maybe', kinds: ['bad_upstream'], says: provider };
    case 'mixes in':
      return { right: 'maybe', kinds: ['bad_upstream', 'overloaded', 'internal'], says: /\w/ };
    case 'says':
      return truthOfGarbage(fault.what, mark);
  }
}

function truthOfGarbage(what: (typeof garbages)[number], mark: string): Truth {
  if (what === 'an error under a good status')
    return { right: 'never', kinds: ['internal', 'bad_upstream'], says: new RegExp(mark) };
  const kinds: readonly ErrorKind[] =
    what === 'a web page as a refusal' ? ['unavailable', 'overloaded'] : ['bad_upstream'];
  return { right: what === 'another length' ? 'maybe' : 'never', kinds, says: provider };
}
