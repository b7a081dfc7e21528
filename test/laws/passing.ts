import type { Tap } from '../../src/canon/event.ts';
import type { GuardOptions } from '../../src/canon/grammar.ts';
import type { ChatRequest } from '../../src/canon/request.ts';
import type { ClientSide, UpstreamSide } from '../../src/dialects/dialect.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import { ClientWriter } from '../../src/gateway/client-writer.ts';
import { createPassage } from '../../src/gateway/passage.ts';
import { createTranslator, type Translator } from '../../src/gateway/translate.ts';
import { lent } from './splits.ts';

/** What left, and whether every frame of it was left alone. */
export interface Passed {
  readonly bytes: Buffer;
  readonly untouched: boolean;
}

const noTap: Tap = (next) => next;

/** A request that nothing is known of. */
export function emptyRequest(dialect: Dialect): ChatRequest {
  return {
    from: dialect.name,
    model: 'some-model',
    stream: true,
    system: [],
    turns: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    usageInStream: true,
  };
}

/** What the client gets when every frame is understood and said anew. */
export function translate(
  from: UpstreamSide,
  to: ClientSide,
  request: ChatRequest,
  chunks: Iterable<Uint8Array>,
): Buffer {
  return run(translator(from, to, request, {}), lent(chunks));
}

/** What the client gets when both sides speak the same language. */
export function pass(dialect: Dialect, request: ChatRequest, chunks: Iterable<Uint8Array>): Passed {
  const { pass: side, client, upstream } = dialect;
  if (side === undefined || client === undefined) throw new Error(`${dialect.name} cannot pass`);
  const passage = createPassage(
    side,
    (state) => translator(upstream, client, request, state),
    () => {},
  );
  return { bytes: run(passage, chunks), untouched: passage.untouched() };
}

function translator(from: UpstreamSide, to: ClientSide, request: ChatRequest, state: GuardOptions): Translator {
  return createTranslator({ from, to: new ClientWriter(to, request), tap: noTap, ...state });
}

/** Copies what leaves at once, as the socket does: it may lie in memory that is used again. */
function run(translator: Translator, chunks: Iterable<Uint8Array>): Buffer {
  const left: Buffer[] = [];
  for (const chunk of chunks) left.push(Buffer.from(translator.feed(chunk)));
  left.push(Buffer.from(translator.end()));
  return Buffer.concat(left);
}
