import { type Answer, corpus } from '../failover/corpus.ts';
import { type Manner, manners } from '../failover/model.ts';
import { type Language, languages } from '../failover/stage.ts';
import { Chance } from './chance.ts';
import { drawFault, type Fault, faultText } from './fault.ts';

/** Who stands behind the name of a model. */
export const routes = ['two', 'alone', 'again'] as const;

/**
 * `two`: a second provider that is well; `alone`: nobody else, and no retries; `again`: nobody else, but the same one is
 * asked again and is well by then.
 */
export type Route = (typeof routes)[number];

/** One exchange as it will be, chosen by chance from the seed and its number alone. */
export interface Draw {
  readonly index: number;
  /** Which of the gateways is asked: the one of one process, or that of several. */
  readonly gateway: 'one' | 'workers';
  readonly client: Language;
  readonly route: Route;
  /** Languages of the provider that may fail, and of the second one. */
  readonly first: Language;
  readonly second: Language;
  readonly stream: boolean;
  readonly isLater: boolean;
  readonly answer: Answer;
  readonly manner: Manner;
  readonly fault: Fault | undefined;
}

/** How many calls fail at first, by who stands behind. */
const failing: { readonly [route in Route]: number } = { two: 0.3, alone: 0.6, again: 0.7 };

/** What is said of a refusal's kind when it is of no use to ask the same one again. */
const hopeless = new Set(['authentication', 'permission', 'billing', 'not_found', 'too_large', 'not_supported']);

/** Plans the exchange of this number. */
export function draw(seed: number, index: number): Draw {
  const chance = new Chance(seed, index);
  const gateway: Draw['gateway'] = chance.is(0.35) ? 'workers' : 'one';
  const route = gateway === 'workers' ? 'two' : chance.one(['two', 'two', 'two', 'alone', 'alone', 'again'] as const);
  const first = chance.one(languages);
  const stream = chance.is(0.7);
  const where = { speaks: first, stream, isMended: route !== 'alone', mostWait: route === 'alone' ? 9 : 1 };
  const plan = {
    ...{ index, gateway, route, first, stream },
    client: chance.one(languages),
    second: chance.one(languages),
    isLater: chance.is(0.3),
    answer: chance.one(corpus),
    manner: chance.one(manners),
  };
  const fault = chance.is(failing[route]) ? drawFault(chance, where) : undefined;
  return { ...plan, fault: route === 'again' && !isWorthAnother(fault) ? undefined : fault };
}

/** Whether the same provider may do better; who was silent for long is not asked twice by the same call. */
function isWorthAnother(fault: Fault | undefined): boolean {
  if (fault?.type === 'stalls') return false;
  return fault?.type !== 'refuses' || !hopeless.has(fault.refusal.kind);
}

/** The word by which the provider knows the exchange. */
export function wordOf({ index }: Draw): string {
  return `word-${index}-`;
}

/** The name of the model that is asked for. */
export function modelOf({ route, first, second }: Draw): string {
  return route === 'two' ? `${first}--${second}` : `${route}--${first}`;
}

/** The exchange in a line. */
export function drawText(plan: Draw): string {
  const { index, gateway, client, stream, answer, isLater, first, fault, manner } = plan;
  const asks = `${client} asks ${gateway === 'one' ? '' : 'the workers '}for ${modelOf(plan)}`;
  const what = `${stream ? 'streamed' : 'whole'} ${answer.name}${isLater ? ', a later turn' : ''}`;
  return `${index}: ${asks}, ${what}; ${first} ${faultText(fault)}; a model that goes on ${manner}`;
}
