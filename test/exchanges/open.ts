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
    reason: 'citations of whole blocks have no place in the text',
    aspect: /^places of citations$/,
    exchange: /^(anthropic\/(anthropic-web-search-tool|documents-cited)|bedrock-converse\/citations)/,
    clients: ['openai-chat', 'openai-responses'],
  },
  {
    reason: 'sources without an address are dropped',
    aspect: /^(titles|places of citations)$/,
    exchange: /documents-cited|bedrock-converse\/citations,|cohere-citations|code-interpreter|file-search|two-thoughts/,
    clients: ['anthropic', 'openai-chat', 'openai-responses'],
  },
  {
    reason: 'a source that has neither name nor address is told all the same',
    aspect: /^titles$/,
    exchange: /mistral-references/,
    clients: ['bedrock-converse'],
  },
  {
    reason: 'a picture that is no sound base64 breaks what it stands in',
    aspect: /^(answer|second turn)$/,
    exchange: /openai-image-generation-tool/,
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
    reason: 'references by number alone mean nothing elsewhere',
    aspect: /^titles$/,
    exchange: /mistral-references/,
    clients: ['openai-chat'],
  },
];
