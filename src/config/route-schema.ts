import { z } from 'zod';
import { flag, listShorthand, oneOf, oneOrMore, quantile, shorthand, tokens } from './field.ts';

/** How the first target for a call is chosen, and with it the order of the others. */
export const strategies = ['ordered', 'weighted', 'least_latency', 'least_cost', 'least_busy'] as const;

/** Those that look at weights. */
export const weighing: ReadonlySet<(typeof strategies)[number]> = new Set(['weighted', 'least_busy']);

/** What happens when an answer breaks off that the client has seen a part of. */
export const cutPolicies = ['continue', 'restart_if_silent', 'error'] as const;

const whenSchema = z.strictObject({
  images: flag().describe('false: not for calls with images; true: for no others.').exactOptional(),
  pdf: flag().describe('false: not for calls with PDF files; true: for no others.').exactOptional(),
  tools: flag().describe('false: not for calls with tools; true: for no others.').exactOptional(),
  thinking: flag().describe('false: not for calls that ask for reasoning; true: for no others.').exactOptional(),
  structured: flag()
    .describe('false: not for calls that ask for JSON or for a schema; true: for no others.')
    .exactOptional(),
  max_input: tokens().describe('Most tokens of prompt, as estimated by its length: "100k", "1m".').exactOptional(),
  min_input: tokens().describe('Fewest tokens of prompt, as estimated by its length.').exactOptional(),
});

const targetSchema = shorthand(
  'target',
  z.strictObject({
    target: z
      .string()
      .regex(/^[^/\s*]+\/\S+$/, {
        error:
          'write "provider/model", such as "router/anthropic/claude-sonnet-4", or "router/*" to carry the name over',
      })
      .describe('Where calls go; a * stands for what the name has in its place.'),
    weight: z
      .number()
      .min(0)
      .max(1_000_000)
      .describe('Its share of calls, relative to the others (1); 0: only when the others fail.')
      .exactOptional(),
    when: whenSchema.describe('Which calls it is for; without it, all.').exactOptional(),
  }),
);

const strategy = () =>
  oneOf(strategies).describe(
    'Which target is first. ordered: as written; weighted: by weight; least_latency: the quickest to answer; least_cost: the cheapest by the price table; least_busy: the one with the fewest calls under way.',
  );
const sticky = () =>
  flag().describe(
    "Whether a session's calls stay with the first one's target, where its prompt is cached, as long as that is well. With ordered it is the key that stays, where a provider has several.",
  );
const onCut = () =>
  oneOf(cutPolicies).describe(
    'What happens when an answer breaks off in the middle. continue: the next target goes on with it; restart_if_silent: the next target begins, if none of its content was sent; error: the client is told.',
  );
const hedge = () =>
  quantile().describe(
    'Send a second request when the first has not begun to answer after this quantile of its usual time: "p95" or 0.95; off: never.',
  );

/** How calls are spread over targets, for models that do not say it themselves. */
export const routingSchema = z.strictObject({
  strategy: strategy().prefault('ordered'),
  sticky: sticky().prefault(true),
  on_cut: onCut().prefault('continue'),
  hedge: hedge().prefault('off'),
});

/** Where calls for a name go. */
export const modelRuleSchema = listShorthand(
  'to',
  z.strictObject({
    to: oneOrMore(targetSchema, 64).describe(
      'Where calls for this name go: "provider/model", or { target, weight, when }, or a list of these.',
    ),
    strategy: strategy().exactOptional(),
    sticky: sticky().exactOptional(),
    on_cut: onCut().exactOptional(),
    hedge: hedge().exactOptional(),
    strict: flag().describe('Refuse calls of which something would be lost in translation.').exactOptional(),
  }),
);
