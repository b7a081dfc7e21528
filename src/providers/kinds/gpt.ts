import type { ModelQuirks } from '../kind.ts';

/** OpenAI's models that are called by Responses alone, and those by chat alone. */
export const onlyResponses = 'o1-pro*|o3-pro*|gpt-5*-pro*|gpt-6*-pro*|*codex*|computer-use*|*deep-research*';
export const onlyChat = 'gpt-3.5*|gpt-4|gpt-4-*|*audio*|*search-preview*|*search-api*';

const sampling = ['temperature', 'top_p', 'top_logprobs'];
const chatOnly = ['presence_penalty', 'frequency_penalty', 'logprobs', 'logit_bias', 'stop'];
const both = ['openai-chat', 'openai-responses'] as const;

/** What OpenAI's models do otherwise than their languages have it; `before` is what may stand before their names. */
export function gptQuirks(before: '' | '*'): readonly ModelQuirks[] {
  const named = (pattern: string): string => pattern.replaceAll(/(^|\|)/g, `$1${before}`);
  const thinkers = named('o1*|o3*|o4*|gpt-5*|gpt-6*|codex*|computer-use*');
  // Those who are named after neither may be anything: Azure's deployments, and models to come.
  const others = named('gpt-3.5*|gpt-35*|gpt-4*|chatgpt-*|gpt-5*chat*');
  const efforts = (match: string, ...words: readonly string[]): ModelQuirks => ({
    match: named(match),
    speaks: both,
    quirks: { efforts: words },
  });
  return [
    { match: '*', speaks: both, quirks: { cache_key: true } },
    {
      match: '*',
      speaks: 'openai-chat',
      quirks: { max_tokens: 'max_completion_tokens', reasoning: 'none', stop_max: 4 },
    },
    {
      match: thinkers,
      speaks: both,
      quirks: { reasoning_request: 'reasoning_effort', efforts: ['low', 'medium', 'high'] },
    },
    { match: thinkers, speaks: 'openai-responses', quirks: { refuses: sampling } },
    {
      match: thinkers,
      speaks: 'openai-chat',
      quirks: { system_role: 'developer', refuses: [...sampling, ...chatOnly] },
    },
    efforts('gpt-5|gpt-5-*', 'minimal', 'low', 'medium', 'high'),
    efforts('gpt-5.*', 'none', 'low', 'medium', 'high', 'xhigh'),
    efforts('gpt-5.1*', 'none', 'low', 'medium', 'high'),
    efforts('gpt-5.6*', 'none', 'low', 'medium', 'high', 'xhigh', 'max'),
    efforts('gpt-6*', 'low', 'medium', 'high', 'xhigh', 'max'),
    efforts('gpt-5-pro*', 'high'),
    { match: named('gpt*search*'), speaks: 'openai-chat', quirks: { web_search: 'web_search_options' } },
    { match: others, speaks: 'openai-chat', quirks: { reasoning_request: 'none', refuses: [] } },
    // They do not take the reasoning of others back either.
    {
      match: others,
      speaks: 'openai-responses',
      quirks: { reasoning: 'none', reasoning_request: 'none', refuses: [] },
    },
  ];
}
