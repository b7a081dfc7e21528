import { type Cell, type Judged, playCell } from './cells.ts';
import type { Client } from './client.ts';
import { anthropic } from './clients/anthropic.ts';
import { bedrockConverse } from './clients/bedrock-converse.ts';
import { gemini } from './clients/gemini.ts';
import { openaiChat } from './clients/openai-chat.ts';
import { openaiResponses } from './clients/openai-responses.ts';
import { languages } from './fixture.ts';
import type { Player } from './player.ts';
import { scenarios } from './scenarios.ts';

/** Every language that clients speak. */
export const clients: readonly Client[] = [anthropic, openaiChat, openaiResponses, gemini, bedrockConverse];

/** Plays everything between every two languages, one after the other: what reached the provider is told apart by the model alone. */
export async function playAll(
  judged: Judged,
  player: Player,
  wanted: (name: string) => boolean,
  tell: (cell: Cell) => void,
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const client of clients) {
    for (const provider of languages) {
      for (const scenario of scenarios) {
        for (const form of ['streamed', 'whole'] as const) {
          if (!wanted(`${client.language} > ${provider}: ${scenario} ${form}`)) continue;
          const cell = await playCell(judged, player, client, provider, scenario, form);
          cells.push(cell);
          tell(cell);
        }
      }
    }
  }
  return cells;
}
