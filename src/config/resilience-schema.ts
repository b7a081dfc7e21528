import { z } from 'zod';
import { duration, part, redisAddress, shorthand, wholeNumber } from './field.ts';

const most = () =>
  wholeNumber(0, 100).describe('Tries at one target after the first one; 0: none. Clients try again, too.');
const base = () =>
  duration(1).describe(
    'Wait before the first retry, "500ms"; it doubles with each further one, and half of it is chance.',
  );
const max = () => duration(1).describe('Longest that the doubling leads to, "8s".');
const patience = () =>
  duration(0).describe(
    'Longest that a call waits for one retry, "10s". A provider that asks for more is not tried again by this call.',
  );

/** When a failed call is tried again at the same target. */
export const retriesSchema = z.strictObject({
  most: most().prefault(2),
  base: base().prefault('500ms'),
  max: max().prefault('8s'),
  patience: patience().prefault('10s'),
  share: part()
    .prefault(0.2)
    .describe('Retries that all calls together may cause, as a part of their number: a storm is not made larger.'),
  least: wholeNumber(0, 1_000_000)
    .prefault(10)
    .describe(
      'Retries that may be made in any ten seconds whatever the share says, so that a quiet gateway retries too.',
    ),
});

/** The same for one provider, where it differs. */
export const providerRetriesSchema = z.strictObject({
  most: most().exactOptional(),
  base: base().exactOptional(),
  max: max().exactOptional(),
  patience: patience().exactOptional(),
});

/** When a circuit opens, and for how long. */
export const breakerSchema = z.strictObject({
  failures: wholeNumber(1, 1_000_000)
    .prefault(5)
    .describe("Failures in a row after which no call is sent for a while. The client's own faults do not count."),
  window: duration(1000)
    .prefault('60s')
    .describe('How far back failures are counted; those in a row must not lie farther apart either.'),
  rate: part().prefault(0.5).describe('The part of the calls in the window that must fail to have the same effect.'),
  calls: wholeNumber(1, 1_000_000)
    .prefault(20)
    .describe('Calls that must be in the window before the rate is looked at.'),
  open: duration(1)
    .prefault('10s')
    .describe('For how long no call is sent, the first time; up to half is taken off by chance. Then one call tries.'),
  longest_open: duration(1).prefault('5m').describe('It doubles each time that this call fails too, up to this.'),
  probe: duration(100)
    .prefault('60s')
    .describe('After this a call that tries, and of which nothing was heard, does not keep the next one waiting.'),
  key_open: duration(1)
    .prefault('2m')
    .describe('For how long a key is left alone that is refused, or that has no money left, the first time.'),
  longest_key_open: duration(1).prefault('1h').describe('It doubles up to this.'),
  rest: duration(1)
    .prefault('1s')
    .describe('For how long a model is left alone at a rate limit that does not say for how long; it doubles.'),
  longest_rest: duration(1)
    .prefault('15m')
    .describe('Longest that a model is left alone at a rate limit, whatever the provider says.'),
});

/** How providers that are left alone are looked after. */
export const healthSchema = z.strictObject({
  probe: duration(0)
    .prefault(0)
    .describe(
      'How often a provider that is left alone is asked for something small, "30s": when it answers, calls are tried. 0: never; calls find out.',
    ),
});

/** Where gateways that serve together tell one another what they find. */
export const redisSchema = shorthand(
  'url',
  z.strictObject({
    url: redisAddress().describe('The address of the Redis, "redis://user:password@host:6379"; rediss:// for TLS.'),
    channel: z
      .string()
      .regex(/^[\w.:/-]{1,200}$/, { error: 'is not a name: use letters, digits and . : / _ -' })
      .prefault('dragoman:health')
      .describe('The channel that they share. Gateways with other providers under the same names need another one.'),
  }),
);
