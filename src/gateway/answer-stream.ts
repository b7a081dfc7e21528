import type { Sink, Tap } from '../canon/event.ts';
import type { GuardOptions } from '../canon/grammar.ts';
import type { Numbering } from '../dialects/dialect.ts';
import type { Call } from './call.ts';
import type { ClientAnswer } from './client-answer.ts';
import { type Before, ClientWriter } from './client-writer.ts';
import type { Outgoing } from './outgoing.ts';
import { createPassage } from './passage.ts';
import { createTranslator, type Translator } from './translate.ts';

/** Whose stream it is, and where it goes. */
export interface StreamEnds {
  readonly call: Call;
  readonly outgoing: Outgoing;
  /** What the client gets, where it may outlive this provider's part in it. */
  readonly answer: ClientAnswer | undefined;
  /** Hears first what the provider says. */
  readonly metered: Tap;
}

/** The way of a streamed answer: its bytes pass as long as they may, else they are translated. */
export function openStream(ends: StreamEnds): Translator {
  const { call, outgoing, metered } = ends;
  const { mode, route } = outgoing;
  const { pass } = call.dialect;
  const onMend: GuardOptions['onMend'] = (mend) => {
    call.record.mends.push(mend);
  };
  const translator = (state: GuardOptions, numbering?: Numbering): Translator =>
    createTranslator({
      from: route.dialect.upstream,
      to: writerFor(ends, { blocks: state.firstIndex ?? 0, ...(numbering !== undefined && { numbering }) }),
      tap: (next) => metered(undoing(ends, next)),
      onMend,
      ...state,
    });
  return mode === 'translated' || pass === undefined ? translator({}) : createPassage(pass, translator, onMend);
}

/** The client's end of the stream: the one that there is, where others have begun the answer. */
export function writerFor({ call, outgoing, answer }: StreamEnds, before?: Before): ClientWriter {
  const { seam, writer } = answer ?? {};
  if (seam !== undefined && writer !== undefined) return writer;
  const made = new ClientWriter(call.dialect.client, outgoing.outline(), keeping(call, outgoing), before);
  if (answer !== undefined) answer.writer = made;
  return made;
}

/** Keeps the answer where it is to be kept. What only passes is kept by the provider. */
export function keeping(call: Call, outgoing: Outgoing): Tap | undefined {
  return outgoing.mode === 'translated' ? call.keep?.(outgoing.request()) : undefined;
}

/** Undoes in the answer what the translation has done to the request, and joins it to what was said before. */
export function undoing({ outgoing, answer }: Pick<StreamEnds, 'outgoing' | 'answer'>, next: Sink): Sink {
  const last = answer?.seam?.tap(next) ?? next;
  return outgoing.tap?.(last) ?? last;
}
