import type { DialectName } from '../../src/canon/content.ts';

/** Something that differs and is known to. */
export interface Known {
  readonly reason: string;
  readonly aspect: RegExp;
  readonly exchange: RegExp;
  /** Every client where absent. */
  readonly clients?: readonly DialectName[];
}

/** What is wrong and not yet put right. */
export const open: readonly Known[] = [
  {
    reason: 'texts that calls stand between become paragraphs',
    aspect: /^second turn: text$/,
    exchange: /openai-chat\/interleaved-calls/,
  },
];

/** What is nobody's fault here. */
export const excused: readonly Known[] = [
  {
    reason: 'the pieces of the recorded text are not the text that was recorded at its end',
    aspect: /text$/,
    exchange: /^openai-responses\/openai-shell-container\.1$/,
  },
  {
    reason: "OpenAI's SDK does not know an event of OpenAI's",
    aspect: /^answer$/,
    exchange: /^openai-responses\/openai-apply-patch-tool\.1$/,
    clients: ['openai-responses'],
  },
  {
    reason: 'sources without an address have no form in Chat Completions',
    aspect: /^(titles|places of citations)$/,
    exchange: /documents-cited|bedrock-converse\/citations,|cohere-citations|code-interpreter|file-search|two-thoughts/,
    clients: ['openai-chat'],
  },
  {
    reason: 'what came of calls in the old form is told in another one',
    aspect: /^second turn: results$/,
    exchange: /old-function-call/,
    clients: ['openai-chat'],
  },
  {
    reason: 'references by number alone mean nothing elsewhere',
    aspect: /^titles$/,
    exchange: /mistral-references/,
    clients: ['openai-chat'],
  },
];
