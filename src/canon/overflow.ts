/** What an error's text says about a prompt that does not fit: what was asked and what fits, in tokens. */
export interface Overflow {
  readonly tokens?: number;
  readonly limit?: number;
  /** The answer's share of `tokens`. */
  readonly maxTokens?: number;
}

/**
 * Wordings that give numbers, each with the names of its groups: `tokens` asked, `limit`, `input` (the prompt's share),
 * `max` (the answer's). They are quoted from the servers named. Order matters: the more telling come first.
 */
const wordings: readonly RegExp[] = [
  // OpenAI, DeepSeek, older vLLM, OpenRouter ("about 140000 tokens (135000 of text input, ... 1000 in the output)")
  /maximum context length (?:is|of) (?<limit>\d+) tokens?.*?requested (?:about )?(?<tokens>\d+) tokens \(.*?(?<max>\d+) (?:in|for) the (?:completion|output)/s,
  // SGLang: "maximum context length of 32768 tokens. You requested a total of 40000 tokens: ... and 2000 tokens for the completion"
  /maximum context length of (?<limit>\d+) tokens.*?total of (?<tokens>\d+) tokens.*?and (?<max>\d+) tokens for the completion/s,
  // vLLM: "'max_tokens' ... is too large: 128000. This model's maximum context length is 32768 tokens and your request has 1200 input tokens"
  /too large: (?<max>\d+).*?maximum context length is (?<limit>\d+) tokens and your request has (?<input>\d+) input tokens/s,
  // vLLM: "You passed 32769 input tokens and requested 1000 output tokens. However, the model's context length is only 32768 tokens"
  /passed (?<input>\d+) input tokens and requested (?<max>\d+) output tokens.*?context length is only (?<limit>\d+)/s,
  // Anthropic behind a relay: "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"
  /exceed context limit: (?<input>\d+) \+ (?<max>\d+) > (?<limit>\d+)/,
  // TGI, Together: "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`"
  /must be <= (?<limit>\d+)\. Given: (?<input>\d+) `?inputs`? tokens and (?<max>\d+)/,
  /must have less than (?<limit>\d+) tokens\. Given: (?<tokens>\d+)/,
  // OpenAI: "maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens" (vLLM: "your request has")
  /maximum context length (?:is|of) (?<limit>\d+)(?: tokens)?.*?(?:resulted in|request has|requested|contains|with) (?:about )?(?<tokens>\d+)/s,
  // OpenAI: "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens."
  /(?:exceeds?|configured) (?:the )?(?:configured )?limit of (?<limit>\d+) tokens\. Your messages resulted in (?<tokens>\d+)/,
  // xAI: "maximum prompt length is 131072 but the request contains 150000 tokens"
  /maximum prompt length is (?<limit>\d+) but the request contains (?<tokens>\d+)/,
  // Anthropic: "prompt is too long: 210000 tokens > 200000 maximum"
  /prompt is too long: (?<tokens>\d+) tokens > (?<limit>\d+) maximum/,
  // Fireworks: "The prompt is too long: 140000, model maximum context length: 131071"
  /prompt is too long: (?<tokens>\d+), model maximum context length: (?<limit>\d+)/,
  // Mistral: "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length"
  /contains (?<tokens>\d+) tokens.*?too large for model with (?<limit>\d+) maximum context length/s,
  // llama.cpp: "request (12345 tokens) exceeds the available context size (4096 tokens)"
  /request \((?<tokens>\d+) tokens\) exceeds the available context size \((?<limit>\d+) tokens\)/,
  // SGLang: "The input (40000 tokens) is longer than the model's context length (32768 tokens)"
  /input \((?<tokens>\d+) tokens\) is longer than the model's context length \((?<limit>\d+)/,
  // vLLM: "The decoder prompt (length 40000) is longer than the maximum model length of 32768"
  /prompt \(length (?<tokens>\d+)\) is longer than the maximum model length of (?<limit>\d+)/,
  // Copilot, Databricks: "prompt token count of 140000 exceeds the limit of 128000"
  /token count of (?<tokens>\d+) exceeds the limit of (?<limit>\d+)/,
  // Gemini: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)"
  /input token count \(?(?<tokens>\d+)\)? exceeds the maximum number of tokens allowed \(?(?<limit>\d+)/,
  // Cerebras: "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192"
  /current length is (?<tokens>\d+) while limit is (?<limit>\d+)/i,
  // LM Studio: "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"
  /keep the first (?<tokens>\d+) tokens.*?context length of only (?<limit>\d+)/s,
  // Moonshot: "Your request exceeded model token limit: 131072"
  /exceeded model token limit: (?<limit>\d+)/,
  // Alibaba: "Range of input length should be [1, 98304]"
  /range of input length should be \[\d+, ?(?<limit>\d+)\]/i,
];

/** Wordings without numbers, or with numbers nobody can use. */
const numberless =
  /context_length_exceeded|context_window_exceeded|contextwindowexceeded|exceed_context_size|model_max_prompt_tokens_exceeded|(?:maximum|max) (?:context|prompt) length|(?:exceeds?|exceeded|exceeding|longer than|greater than|larger than|beyond|over) (?:the |its |your )?(?:model'?s? |model’s )?(?:available |maximum |max |allowed )*(?:context (?:length|window|size|limit)|input length|content length)|context (?:length|window|size|limit) (?:is |was |has been )?exceed|(?:input|prompt|request) is too long|prompt exceeds max length|too many (?:input )?tokens(?!,? please wait)|please reduce the length of the (?:messages|prompt|input)|reduce your prompt/i;

/** Characters of an error's text that are read: some wordings take time that grows with the square of its length. */
const maxRead = 4000;

/** Reads an overflow out of an error's text; nothing when the text speaks of something else. */
export function readOverflow(whole: string): Overflow | undefined {
  const text = whole.slice(0, maxRead);
  const plain = text.replace(/(\d)[,_](?=\d{3}\b)/g, '$1');
  for (const wording of wordings) {
    const groups = wording.exec(plain)?.groups;
    if (groups !== undefined) return countsOf(groups);
  }
  return numberless.test(text) ? {} : undefined;
}

function countsOf(groups: { readonly [name: string]: string | undefined }): Overflow {
  const limit = numberOf(groups['limit']);
  const maxTokens = numberOf(groups['max']);
  const input = numberOf(groups['input']);
  const tokens = numberOf(groups['tokens']) ?? (input === undefined ? undefined : input + (maxTokens ?? 0));
  return {
    ...(tokens !== undefined && { tokens }),
    ...(limit !== undefined && { limit }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
