import type { Block, Ext, ThinkingBlock } from '../canon/content.ts';
import type { Event, Sink, Tap } from '../canon/event.ts';
import { mergeExt } from '../canon/ext.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest, Turn } from '../canon/request.ts';
import { isSealed, type Sealer } from './seal.ts';

/** Whose proofs a target understands. */
export interface Issuer {
  readonly name: string;
  /** Whether proofs that the client shows bare can be the target's. */
  readonly bare: boolean;
  /** Whether the target's language is the client's own: its writer says what it is given, and takes no thought for others' reasoning. */
  readonly own: boolean;
}

/**
 * Who issues the proofs of a model. Claude's are good wherever Claude is served; everybody else's only where they were
 * made.
 */
export function issuerOf(provider: string, model: string): string {
  return /claude/i.test(model) ? 'claude' : provider;
}

/**
 * Seals what leaves for a client of another language. Reasoning that its provider gives no proof for is sealed, too, with
 * nothing in the envelope: when it comes back, everybody can see whose it was.
 */
export function sealing(sealer: Sealer, issuer: string): Tap {
  return (next: Sink): Sink => {
    let beside: Ext | undefined;
    let unsigned = false;
    return (event: Event): void => {
      if (event.type === 'close' && unsigned) {
        unsigned = false;
        const ext = beside;
        const signature = sealer.seal({ issuer, form: 'signature', value: '', ...(ext !== undefined && { ext }) });
        next({ type: 'signature', index: event.index, signature });
        return next(event);
      }
      if (event.type === 'open') {
        const { block } = event;
        unsigned = block.type === 'thinking';
        beside = block.type === 'thinking' ? block.ext : undefined;
        if (block.type !== 'redacted') return next(event);
        const { ext } = block;
        const data = sealer.seal({ issuer, form: 'redacted', value: block.data, ...(ext !== undefined && { ext }) });
        return next({ ...event, block: { type: 'redacted', data } });
      }
      if (event.type !== 'signature' || event.signature === '') return next(event);
      unsigned = false;
      const { signature: value } = event;
      const ext = beside;
      const signature = sealer.seal({ issuer, form: 'signature', value, ...(ext !== undefined && { ext }) });
      next({ ...event, signature });
    };
  };
}

/** A request as one target may see it: its own proofs bare again, everybody else's left out. */
export function withOwnProofs(
  request: ChatRequest,
  sealer: Sealer,
  issuer: Issuer,
  lose: (loss: Loss) => void,
): ChatRequest {
  return mapThinking(request, (block, path) => {
    const proof = block.signature ?? block.redacted;
    if (proof === undefined) return block;
    if (!isSealed(proof)) return issuer.bare ? block : without(block, path, issuer.own, lose);
    const opened = sealer.open(proof);
    if (opened?.issuer !== issuer.name) return without(block, path, issuer.own, lose);
    // Reasoning that was cut off before its proof came, or was never proven: who checks proofs would refuse it.
    if (opened.value === '' && issuer.own) return without(block, path, issuer.own, lose);
    const { signature: _, redacted: __, ...rest } = block;
    const ext = mergeExt(rest.ext, opened.ext);
    const own = opened.value === '' ? {} : { [opened.form]: opened.value };
    return { ...rest, ...own, ...(ext !== undefined && { ext }) };
  });
}

/** A request without any proof, for a provider that has refused them. */
export function withoutProofs(request: ChatRequest, own: boolean, lose: (loss: Loss) => void): ChatRequest {
  return mapThinking(request, (block, path) =>
    block.signature === undefined && block.redacted === undefined ? block : without(block, path, own, lose),
  );
}

/** Nothing where nothing is left that the target's writer knows what to do with. */
function without(
  block: ThinkingBlock,
  path: string,
  own: boolean,
  lose: (loss: Loss) => void,
): ThinkingBlock | undefined {
  lose({ what: 'dropped', path, why: 'the proof of this reasoning is not for this provider' });
  const { signature: _, redacted: __, ...rest } = block;
  return own || rest.text === '' ? undefined : rest;
}

function mapThinking(
  request: ChatRequest,
  change: (block: ThinkingBlock, path: string) => ThinkingBlock | undefined,
): ChatRequest {
  if (!request.turns.some(isThought)) return request;
  let changed = false;
  const turns = request.turns.map((turn, i) => {
    if (!isThought(turn)) return turn;
    const content = turn.content.flatMap((block, j): Block[] => {
      if (block.type !== 'thinking') return [block];
      const next = change(block, `turns[${i}].content[${j}]`);
      if (next !== block) changed = true;
      return next === undefined ? [] : [next];
    });
    return { ...turn, content };
  });
  return changed ? { ...request, turns } : request;
}

function isThought({ role, content }: Turn): boolean {
  return role === 'assistant' && content.some(({ type }) => type === 'thinking');
}
