/**
 * Whose words a model's own parameters are said in: the language leaves them to the makers (`additionalModelRequestFields`)
 * and names the maker in the model's id.
 */
export type Family = 'claude' | 'nova' | 'openai' | 'other';

/** `anthropic.claude-...`, `eu.amazon.nova-...`, or an ARN that ends so. */
const makers: readonly (readonly [maker: RegExp, family: Family])[] = [
  [/claude|(?:^|[./])anthropic\./i, 'claude'],
  [/(?:^|[./])amazon\.nova|^nova-/i, 'nova'],
  [/(?:^|[./])openai\./i, 'openai'],
  [
    /(?:^|[./])(?:amazon|meta|mistral|cohere|ai21|deepseek|qwen|google|nvidia|moonshot|moonshotai|minimax|writer|zai|stability|luma|twelvelabs)\./i,
    'other',
  ],
];

/** The family of a model; Claude's where the id does not say (profiles, provisioned throughput). */
export function familyOf(model: string): Family {
  return makers.find(([maker]) => maker.test(model))?.[1] ?? 'claude';
}
