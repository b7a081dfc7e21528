import type { Tap } from '../canon/event.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { Quirks } from '../dialects/dialect.ts';
import { type Dialect, dialectNamed } from '../dialects/index.ts';
import { answeringByTool } from './answer-tool.ts';
import { withCacheHints } from './cache-marks.ts';
import { checkedMedia, type MediaLimits } from './media.ts';
import { issuerOf, sealing, withOwnProofs, withoutProofs } from './proofs.ts';
import type { Sealer } from './seal.ts';
import { namesRestored, withLegalNames } from './tool-names.ts';

/** Bytes that no provider's own limit lies above. */
const mediaLimits: MediaLimits = { image: 32 * 1024 * 1024, document: 128 * 1024 * 1024 };

/** Where a request goes that is translated. */
export interface AdaptationTarget {
  /** Name of the provider. */
  readonly provider: string;
  readonly dialect: Dialect;
  readonly quirks: Quirks;
  readonly sealer: Sealer;
  /** The provider has just refused the proofs in this request. */
  readonly forgetProofs: boolean;
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
  const bare = asked.from === dialect.name || dialectNamed(asked.from).client?.proofsOf === issuer;
  const proven = target.forgetProofs
    ? withoutProofs(media.request, lose)
    : withOwnProofs(media.request, sealer, { name: issuer, bare }, lose);
  const named = withLegalNames(proven, dialect.upstream.toolNames);
  const hinted = withCacheHints(named, dialect.upstream, quirks, target.session);
  const byTool = answeringByTool(hinted, dialect.upstream, quirks, lose);
  const taps = [
    byTool.tap,
    namesRestored(asked, dialect.upstream.toolNames),
    asked.from === dialect.name ? undefined : sealing(sealer, issuer),
  ].filter((tap) => tap !== undefined);
  return { request: byTool.request, losses, tap: taps.length === 0 ? undefined : chained(taps) };
}

/** The first hears first. */
function chained(taps: readonly Tap[]): Tap {
  return (next) => taps.reduceRight((sink, tap) => tap(sink), next);
}
