import type { ChatRequest } from '../canon/request.ts';
import type { Conditions } from './plan.ts';
import { bytesPerToken, mediaIn, tokensPerMedia } from './prompt-media.ts';

/** What a model may be asked for and not every one can do. */
export const abilities = ['images', 'pdf', 'tools', 'thinking', 'structured'] as const;

export type Ability = (typeof abilities)[number];

/** What a call asks of whoever answers it. */
export interface Needs extends Readonly<Record<Ability, boolean>> {
  /** Tokens of the prompt, estimated by its length. */
  readonly input: number;
}

/** What this request needs. @param bytes of it as the client wrote it. */
export function needsOf(request: ChatRequest, bytes: number): Needs {
  const { count, bytes: mediaBytes, images, pdfs } = mediaIn(request);
  const { reasoning, format, tools, toolChoice } = request;
  return {
    images: images > 0,
    pdf: pdfs > 0,
    tools: tools.length > 0 && toolChoice?.type !== 'none',
    thinking: reasoning !== undefined && reasoning.mode !== 'off' && reasoning.effort !== 'none',
    structured: format !== undefined,
    input: Math.max(1, Math.round((bytes - mediaBytes) / bytesPerToken + count * tokensPerMedia)),
  };
}

/** The first condition that such a call does not fulfil; nothing where the target is for it. */
export function unmet(when: Conditions, needs: Needs): string | undefined {
  for (const ability of abilities) {
    const wanted = when[ability];
    if (wanted !== undefined && wanted !== needs[ability]) return `${ability}: ${wanted}`;
  }
  const { max_input: most, min_input: least } = when;
  if (most !== undefined && needs.input > most) return `max_input: ${most}`;
  return least !== undefined && needs.input < least ? `min_input: ${least}` : undefined;
}
