/**
 * What every language has to show, one folder each under `src/dialects/<name>/fixtures/`. A language that has no words
 * for one names it in its `gaps.json` with the reason. Further scenarios are welcome.
 */
export const scenarios: { readonly [name: string]: string } = {
  text: 'a question and its answer in plain words',
  unicode: 'letters of one to four bytes, escapes and half escapes',
  'empty-answer': 'an answer without content',
  system: 'instructions before the conversation',
  'mid-system': 'instructions inside the conversation',
  tools: 'tools are offered, one is called',
  'parallel-tools': 'several calls in one answer',
  'tool-results': 'results of calls go back, failed ones and ones with pictures among them',
  'deferred-tools': 'tools that are hidden until a result names them',
  'server-tools': 'tools that the provider runs itself',
  thinking: 'reasoning that is shown, with its proof where there is one',
  'redacted-thinking': 'reasoning that is encrypted',
  images: 'pictures, as bytes and by address',
  documents: 'documents, as bytes and as text',
  citations: 'claims with their sources',
  cache: 'marks for the prompt cache',
  'usage-cache': 'an answer whose prompt came from the cache in part',
  sampling: 'numbers that steer the choice of tokens',
  'stop-sequence': 'an answer that a given text ended',
  'max-tokens': 'an answer that the limit cut',
  'structured-output': 'an answer in a given JSON schema',
  refusal: 'the model or its provider declines',
  'error-overflow': 'the prompt is longer than the window',
  'error-overloaded': 'the provider has no room',
};
