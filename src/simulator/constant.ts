import { buildAnswer } from './answer.ts';
import { completeAsked } from './asked.ts';
import { type Action, planDelivery } from './delivery.ts';
import type { SimulatedDialect } from './dialect.ts';
import { DIALECTS } from './dialects.ts';
import { requestIdHeaders, streamType } from './headers.ts';
import type { IdMaker } from './ids.ts';
import type { Manner, Step } from './scenario.ts';

/** An answer whose bytes are made already. */
export interface ConstantAnswer {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly actions: readonly Action[];
}

/** Finds the ready answer for a dialect, whole or streamed. */
export type ConstantAnswers = (dialect: SimulatedDialect, stream: boolean) => ConstantAnswer | undefined;

/** Writes one answer in every dialect, whole and streamed, once and for all. */
export function prepareConstant(step: Step, manner: Manner, ids: IdMaker): ConstantAnswers {
  const ready = new Map<string, ConstantAnswer>();
  for (const dialect of DIALECTS) {
    for (const stream of [true, false])
      ready.set(`${dialect.name} ${stream}`, prepare({ ...manner, ...step }, dialect, stream, ids));
  }
  return (dialect, stream) => ready.get(`${dialect.name} ${stream}`);
}

function prepare(step: Step, dialect: SimulatedDialect, stream: boolean, ids: IdMaker): ConstantAnswer {
  const asked = completeAsked({
    operation: 'answer',
    dialect: dialect.name,
    model: 'dragoman-simulator',
    stream,
    stopSequences: [],
    system: '',
    turns: [],
    tools: [],
    mustThink: false,
    inputTokens: 100,
    headers: {},
    path: '',
    query: new URLSearchParams('alt=sse'),
    body: stream ? { stream_options: { include_usage: true } } : {},
  });
  const answer = buildAnswer(step, asked, ids, dialect.prefixes);
  const frames = stream ? dialect.stream(answer, asked) : [JSON.stringify(dialect.whole(answer, asked))];
  const type = stream ? streamType(dialect, asked) : 'application/json';
  const length = stream ? {} : { 'content-length': Buffer.byteLength(frames[0] ?? '') };
  const headers = { 'content-type': type, ...requestIdHeaders(dialect, ids('req_')), ...length };
  return { headers, actions: planDelivery(frames, step, []) };
}
