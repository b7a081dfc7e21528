import { givenResult, type Judgement, judgeAnswer, judgeReturn } from './aspects.ts';
import type { Client } from './clients/client.ts';
import { clients } from './clients/index.ts';
import type { Exchange } from './exchange.ts';
import { languages } from './languages/index.ts';
import type { Stage } from './stage.ts';

/** So many conversations are had at a time. */
const atOnce = 24;

/** What came of one conversation, in all its aspects. */
export interface Outcome extends Judgement {
  readonly client: Client['language'];
  readonly exchange: Exchange;
}

const nothing: Judgement = { aspects: [], faults: [] };

/** One answer, heard and given back. What the SDK throws is a fault of all. */
async function play(stage: Stage, client: Client, exchange: Exchange): Promise<Outcome> {
  const model = stage.play(exchange, exchange.model);
  const way = exchange.stream === undefined ? 'whole' : 'streamed';
  const params = client.ask(model, exchange.tools);
  const failed = (aspect: string, error: unknown): Judgement => ({
    aspects: [aspect],
    faults: [{ aspect, expected: 'an answer', seen: String(error) }],
  });
  let answer = nothing;
  let again = nothing;
  try {
    const heard = await client[way](stage.rig.url, params);
    answer = judgeAnswer(exchange, client.language, languages[client.language].saying(heard.answer));
    try {
      await client[way](stage.rig.url, client.goOn(params, heard, givenResult));
      const [, second] = stage.player.received(model);
      if (second === undefined) again = failed('second turn', 'nothing reached the provider');
      // Google's SDK does not remember answers that were broken off.
      else if (heard.turn.length > 0) again = judgeReturn(exchange, client.language, second);
    } catch (error) {
      again = failed('second turn', error);
    }
  } catch (error) {
    answer = failed('answer', error);
  }
  return {
    client: client.language,
    exchange,
    aspects: ['answer', ...answer.aspects, 'second turn', ...again.aspects],
    faults: [...answer.faults, ...again.faults],
  };
}

/** Every answer, heard by every client. */
export async function playAll(stage: Stage, all: readonly Exchange[]): Promise<Outcome[]> {
  const waiting = all.flatMap((exchange) => clients.map((client) => ({ exchange, client })));
  const outcomes: Outcome[] = [];
  const hand = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      outcomes.push(await play(stage, next.client, next.exchange));
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
  return outcomes;
}
