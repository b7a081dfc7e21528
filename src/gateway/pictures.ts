import type { DialectName } from '../canon/content.ts';
import type { Event, Sink, Tap } from '../canon/event.ts';

/** Tells pictures as pictures that came in a block of which a client of another language knows nothing. */
export function picturesTold(client: DialectName): Tap {
  return (next: Sink): Sink => {
    /** A foreign block, open until it is known what it comes to. */
    let held: Extract<Event, { type: 'open' }> | undefined;
    return (event: Event): void => {
      if (event.type === 'open') held = undefined;
      if (event.type === 'open' && event.block.type === 'native' && event.block.dialect !== client) {
        held = event;
        return;
      }
      if (held === undefined) return next(event);
      if (event.type === 'native' && event.index === held.index && event.picture !== undefined) {
        next({ type: 'open', index: held.index, block: { type: 'image', source: event.picture } });
        held = undefined;
        return;
      }
      if (event.type === 'close' || event.type === 'finish' || event.type === 'error') {
        next(held);
        held = undefined;
      }
      next(event);
    };
  };
}
