import type { DialectName } from '../../src/canon/content.ts';
import { isObject, type JsonObject } from '../../src/canon/json.ts';
import { recordings } from '../laws/recording.ts';
import type { Offered } from './clients/client.ts';
import { streamOf } from './frames.ts';
import { languages } from './languages/index.ts';
import { made } from './made/index.ts';
import type { Played } from './player.ts';
import { callsOf, type Saying } from './saying.ts';

/** One answer of a provider: as bytes, and as what it says. */
export interface Exchange extends Played {
  readonly name: string;
  readonly model: string;
  readonly meant: Saying;
  /** Tools that the client has to have offered. */
  readonly tools: readonly Offered[];
  /** All that was recorded, as text: what comes back unchanged stands in it. */
  readonly text: string;
}

/** Streams that say themselves that they have failed, and whole answers that are refusals of the request. */
const failures = ['anthropic/spliced-message-start', 'openai-responses/openai-error.1'];

/** Answers of real providers where they lie beside the repository, and those that were written for these tests. */
export function exchanges(): Exchange[] {
  const recorded = recordings().flatMap(({ dialect, name, lines, stream, body }) =>
    failures.includes(name)
      ? []
      : exchangeOf(`${name}${lines === undefined ? ', whole' : ''}`, dialect.name, lines, stream, body),
  );
  const written = made.flatMap(({ name, language, events, body, text }) => {
    const stream =
      events === undefined ? undefined : Buffer.concat([Buffer.from(text ?? ''), streamOf(language, events)]);
    return exchangeOf(`${name}, made`, language, events, stream, body);
  });
  return [...recorded, ...written];
}

function exchangeOf(
  name: string,
  language: DialectName,
  lines: readonly JsonObject[] | undefined,
  stream: Buffer | undefined,
  body: JsonObject | undefined,
): Exchange[] {
  const { gather, saying } = languages[language];
  const answer = lines === undefined ? (body ?? {}) : gather(lines);
  if (lines === undefined && !isAnswer(answer)) return [];
  const meant = saying(answer);
  const model = answer['model'] ?? answer['modelVersion'];
  const free = new Map(callsOf(meant.parts).map((call) => [call.name, typeof call.input === 'string']));
  return [
    {
      name,
      language,
      // Bedrock's answers do not say who they are of.
      model: typeof model === 'string' ? model : 'anthropic.claude-sonnet-5-5-v1',
      meant,
      tools: [...free].map(([tool, isFree]) => (isFree ? { name: tool, free: true } : { name: tool })),
      text: JSON.stringify(lines ?? body),
      ...(stream !== undefined && { stream }),
      ...(body !== undefined && { body }),
    },
  ];
}

function isAnswer(body: JsonObject): boolean {
  const isList = [body['content'], body['choices'], body['candidates'], body['output']].some(Array.isArray);
  return isList || isObject(body['message']) || isObject(body['output']) || isObject(body['promptFeedback']);
}
