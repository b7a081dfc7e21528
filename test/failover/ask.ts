import { judgedStream, type Result } from './judgement.ts';
import { questions } from './question.ts';
import type { Language, Play, Stage } from './stage.ts';

/** What every other question goes on with: of long texts a translation reads the ends alone. */
const more = ' And, as they say, "so on": \\ 漢字.\n'.repeat(60);
let asked = 0;

/** Asks in the client's language for a stream. */
export async function ask(stage: Stage, client: Language, model: string, word: string, play: Play): Promise<Result> {
  stage.play(word, play);
  asked += 1;
  const text = `${word} What now?${asked % 2 === 0 ? more : ''}`;
  const asking = { model, text, tools: play.answer.tools, stream: true, isLater: false };
  const { path, body, headers } = questions[client](asking);
  const response = await stage.rig.post(path, body, headers);
  if (!response.ok) return { kind: 'error', why: `${response.status} ${await response.text()}` };
  let bytes: Buffer;
  try {
    bytes = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    return { kind: 'wrong', why: `broken off: ${String(error)}` };
  }
  if (play.fault !== undefined) return { kind: 'wrong', why: String(play.fault) };
  return judgedStream(client, bytes, play.answer);
}
