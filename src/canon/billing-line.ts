import type { TextBlock } from './content.ts';

/** Claude Code's first block names the session; it means nothing to others and would defeat their prefix cache. */
export const billingLine = /^x-anthropic-billing-header:[^\n]*\n?/;

/** Instructions without the billing line that is meant for Anthropic alone. @param drop hears at which block it stood. */
export function withoutBillingLine(system: readonly TextBlock[], drop: (path: string) => void): readonly TextBlock[] {
  const at = system.findIndex(({ text }) => billingLine.test(text));
  const block = system[at];
  if (block === undefined) return system;
  drop(`system[${at}]`);
  // An empty block keeps the places of the others.
  return system.with(at, { ...block, text: block.text.replace(billingLine, '') });
}
