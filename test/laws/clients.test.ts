// Law 5: what a client is sent, read back by the same language, is what was said, less what the language cannot say.
// The matrix: every provider's answer through every client's language, in whatever pieces it comes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../src/canon/event.ts';
import type { Folded } from '../../src/canon/fold.ts';
import { createGuard } from '../../src/canon/grammar.ts';
import type { ChatRequest } from '../../src/canon/request.ts';
import type { ClientSide } from '../../src/dialects/dialect.ts';
import { clients, fixtures, requestOf } from './fixture.ts';
import { grammarFault } from './grammar.ts';
import { emptyRequest, pass, translate } from './passing.ts';
import { assertSame, foldOf, readStreamed, readWhole, writeStreamed } from './reading.ts';
import { sayingOf } from './saying.ts';
import { cutAt, cutPlaces, forManySplits } from './splits.ts';

/** An answer without what a client's language declares that it has no words for. */
function sayable({ content, natives, ...rest }: Folded, { cannotSay }: ClientSide): Folded {
  const bare = cannotSay.includes('citation')
    ? content.map((block) => ('citations' in block ? { ...block, citations: undefined } : block))
    : content;
  const said = cannotSay.includes('native') ? bare.filter(({ type }) => type !== 'native') : bare;
  return { ...rest, content: said as Folded['content'], natives: cannotSay.includes('native') ? [] : natives };
}

/** Whoever asks in a stream for its usage gets it. */
function asked(request: ChatRequest): ChatRequest {
  return { ...request, stream: true, usageInStream: true };
}

describe('law 5', () => {
  for (const fixture of fixtures) {
    const { name, dialect, stream, response } = fixture;
    const { upstream, client } = dialect;
    if (client === undefined) continue;
    const request = asked(requestOf(fixture) ?? emptyRequest(dialect));
    const same = (events: readonly Event[], said: Folded, what: string): void => {
      assert.equal(grammarFault(events), undefined, what);
      assertSame(sayable(foldOf(events), client), sayable(said, client), what);
    };
    for (const [form, events] of Object.entries({
      stream: stream === undefined ? undefined : readStreamed(upstream, [stream]),
      'whole answer': response === undefined ? undefined : readWhole(upstream, response),
    })) {
      if (events === undefined) continue;
      test(`${name}: the ${form} survives its own language`, () => {
        const said = foldOf(events);
        same(readStreamed(upstream, [writeStreamed(client, request, events)]), said, 'streamed');
        if (said.error !== undefined) return;
        same(readWhole(upstream, JSON.parse(JSON.stringify(client.writeResponse(said, request)))), said, 'whole');
      });
    }
  }
});

/** Languages whose answers say which one they are and whose. */
const naming: ReadonlySet<string> = new Set(
  fixtures.flatMap(({ dialect, stream }) =>
    stream === undefined || foldOf(readStreamed(dialect.upstream, [stream])).id === '' ? [] : [dialect.name],
  ),
);

describe('every answer through every client', () => {
  for (const { name, dialect, stream } of fixtures) {
    if (stream === undefined) continue;
    for (const target of clients) {
      const { name: spoken, upstream, client } = target;
      const request: ChatRequest = { ...emptyRequest(dialect), from: spoken };
      const events = readStreamed(dialect.upstream, [stream]);
      const said = foldOf(events);

      test(`${name}: a ${spoken} client hears it from the stream`, () => {
        const bytes = translate(dialect.upstream, client, request, [stream]);
        assert.ok(bytes.toString().isWellFormed());
        const heard = readStreamed(upstream, [bytes]);
        assert.equal(grammarFault(heard), undefined);
        assertSame(sayingOf(foldOf(heard)), sayingOf(said), 'what is heard');
        if (naming.has(spoken)) assertIds(foldOf(heard));
        for (const event of heard) if (event.type === 'text') assert.ok(event.text.isWellFormed(), 'half a character');
        // What is written must be so plainly legal that another gateway of ours would let it pass.
        if (target.pass !== undefined) assert.ok(pass(target, request, [bytes]).untouched, 'it would not pass');
        for (const place of cutPlaces(stream, 40)) {
          const again = translate(dialect.upstream, client, request, cutAt(stream, [place]));
          assertSame(sayingOf(foldOf(readStreamed(upstream, [again]))), sayingOf(said), `cut at ${place}`);
        }
        forManySplits(stream, 5, (chunks) => {
          const again = translate(dialect.upstream, client, request, chunks);
          assertSame(sayingOf(foldOf(readStreamed(upstream, [again]))), sayingOf(said), 'what is heard in pieces');
        });
      });

      test(`${name}: a ${spoken} client hears it however it is torn`, () => {
        const guarded: Event[] = [];
        const guard = createGuard((event) => guarded.push(event));
        for (const event of torn(events)) guard.sink(event);
        guard.end();
        const heard = readStreamed(upstream, [writeStreamed(client, request, guarded)]);
        assert.equal(grammarFault(heard), undefined);
        assertSame(sayingOf(foldOf(heard)), sayingOf(said), 'what is heard');
        for (const event of heard) if (event.type === 'text') assert.ok(event.text.isWellFormed(), 'half a character');
      });

      test(`${name}: a ${spoken} client hears it from the whole answer`, () => {
        if (said.error !== undefined) return;
        const heard = readWhole(upstream, JSON.parse(JSON.stringify(client.writeResponse(said, request))));
        assert.equal(grammarFault(heard), undefined);
        assertSame(sayingOf(foldOf(heard)), sayingOf(said), 'what is heard');
      });
    }
  }
});

/** Text and arguments in the smallest pieces there are: halves of characters, too. */
function torn(events: readonly Event[]): Event[] {
  return events.flatMap((event): Event[] => {
    if (event.type === 'text') return event.text.split('').map((text) => ({ ...event, text }));
    if (event.type === 'json') return event.json.split('').map((json) => ({ ...event, json }));
    return [event];
  });
}

/** An answer can be named, so that the next request can speak of it. */
function assertIds({ id, model }: Folded): void {
  assert.notEqual(id, '');
  assert.notEqual(model, '');
}
