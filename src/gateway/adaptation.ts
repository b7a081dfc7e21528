import type { Tap } from '../canon/event.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { Quirks } from '../dialects/dialect.ts';
import { type Dialect, dialectNamed } from '../dialects/index.ts';
import { answeringByTool } from './answer-tool.ts';
import { withCacheHints } from './cache-marks.ts';
import { checkedMedia, type MediaLimits } from './media.ts';
import { picturesTold } from './pictures.ts';
import { issuerOf, sealing, withOwnProofs, withoutProofs } from './proofs.ts';
import type { Sealer } from './seal.ts';
import { namesRestored, withLegalNames } from './tool-names.ts';

/** What of the reasoning in a conversation a provider may refuse, and can do without. */
export interface RefusedReasoning {
  /** Proofs from before the conversation changed its provider. */
  readonly proofs: boolean;
  /** More reasoning in a round of tool calls that has begun without. */
  readonly more: boolean;
}

/** Bytes that no provider's own limit lies above. */
const mediaLimits: MediaLimits = { image: 32 * 1024 * 1024, document: 128 * 1024 * 1024 };

/** Where a request goes that is translated. */
export interface AdaptationTarget {
  /** Name of the provider. */
  readonly provider: string;
  readonly dialect: Dialect;
  readonly quirks: Quirks;
  readonly sealer: Sealer;
  /** What the provider has just refused of this very conversation. */
  readonly refused: RefusedReasoning;
  /** The client's name for the session that the call belongs to. */
  readonly session: string | undefined;
}

/** A request as a target's language can be told it, and what undoes that in the answer. */
export interface Adaptation {
  readonly request: ChatRequest;
  readonly losses: readonly Loss[];
  /** Between the reader of the answer and the writer for the client; absent where there is nothing to undo. */
  readonly tap: Tap | undefined;
}

/** Does what has to be done for any language before its writer is asked: proofs, names of tools, the form of the answer. */
export function adapted(asked: ChatRequest, target: AdaptationTarget): Adaptation {
  const { dialect, quirks, sealer } = target;
  const losses: Loss[] = [];
  const lose = (loss: Loss): void => {
    losses.push(loss);
  };
  const media = checkedMedia(asked, mediaLimits);
  losses.push(...media.losses);
  const issuer = issuerOf(target.provider, asked.model);
  const own = asked.from === dialect.name;
  const bare = own || dialectNamed(asked.from).client?.proofsOf === issuer;
  const proven = target.refused.proofs
    ? withoutProofs(media.request, own, lose)
    : withOwnProofs(media.request, sealer, { name: issuer, bare, own }, lose);
  const unreasoned = target.refused.more ? withoutReasoning(proven, lose) : proven;
  const named = withLegalNames(unreasoned, dialect.upstream.toolNames);
  const hinted = withCacheHints(named, dialect.upstream, quirks, target.session);
  const byTool = answeringByTool(hinted, dialect.upstream, quirks, lose);
  const taps = [
    byTool.tap,
    namesRestored(asked, dialect.upstream.toolNames),
    own ? undefined : picturesTold(asked.from),
    own ? undefined : sealing(sealer, issuer),
  ].filter((tap) => tap !== undefined);
  return { request: byTool.request, losses, tap: taps.length === 0 ? undefined : chained(taps) };
}

function withoutReasoning({ reasoning, ...request }: ChatRequest, lose: (loss: Loss) => void): ChatRequest {
  if (reasoning === undefined) return request;
  lose({ what: 'approximated', path: 'reasoning', why: 'these calls of tools began without' });
  return { ...request, reasoning: { mode: 'off' } };
}

/** The first hears first. */
function chained(taps: readonly Tap[]): Tap {
  const [only] = taps;
  if (only !== undefined && taps.length === 1) return only;
  return (next) => taps.reduceRight((sink, tap) => tap(sink), next);
}
