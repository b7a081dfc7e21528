import type { ServerResponse } from 'node:http';
import { buildAnswer } from './answer.ts';
import type { Asked } from './asked.ts';
import { defaultStep } from './default-answer.ts';
import { deliver } from './deliver.ts';
import { type Frame, incidentsOf, planDelivery } from './delivery.ts';
import type { ErrorContext, IncomingCall, SimulatedDialect } from './dialect.ts';
import { requestIdHeaders, streamType } from './headers.ts';
import type { IdMaker } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Memory } from './memory.ts';
import { type Problem, problemOf } from './problem.ts';
import type { Fault, Manner, Step } from './scenario.ts';
import type { Counts, StepChooser } from './steps.ts';

/** What the simulator brings to an exchange. */
export interface Stage {
  readonly choose: StepChooser;
  readonly counts: Counts;
  readonly ids: IdMaker;
  readonly memory: Memory;
  readonly manner: Manner;
  readonly onCut: () => void;
}

/** Overflow faults without a window of their own speak of this many tokens. */
const DEFAULT_WINDOW = 200_000;

/** One request from its checked key to the last byte of its answer: check, read, choose the step, write. */
export function answerCall(
  dialect: SimulatedDialect,
  call: IncomingCall,
  context: ErrorContext,
  response: ServerResponse,
  stage: Stage,
): void {
  const problem = call.rules.strict ? problemOf(() => dialect.check(call)) : undefined;
  if (problem !== undefined) return sendProblem(dialect, problem, context, response);
  const asked = dialect.read(call);
  const chosen = stage.choose(asked);
  const step: Step = {
    ...stage.manner,
    ...(chosen?.parts === undefined ? defaultStep(asked, stage.counts) : {}),
    ...chosen,
  };
  beforeHeaders(step.faults ?? [], response, stage.onCut, () => {
    const instead = faultProblem(step.faults ?? [], asked, dialect);
    if (instead?.page !== undefined) return sendPage(instead.problem, instead.page, response);
    if (instead !== undefined) return sendProblem(dialect, instead.problem, context, response);
    sendAnswer(dialect, step, asked, context, response, stage);
  });
}

/** Sends an error in the dialect's envelope. */
export function sendProblem(
  dialect: SimulatedDialect,
  problem: Problem,
  context: ErrorContext,
  response: ServerResponse,
): void {
  const { status, headers, body } = dialect.error(problem, context);
  sendJson(response, status, { ...requestIdHeaders(dialect, context.requestId), ...headers }, body);
}

/** Sends JSON with its length. */
export function sendJson(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: JsonObject | Json[],
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  response.end(bytes);
}

/** Carries out the faults that come before any header; goes on when there is none, or after a delay. */
function beforeHeaders(faults: readonly Fault[], response: ServerResponse, onCut: () => void, goOn: () => void): void {
  if (faults.some(({ kind }) => kind === 'reset')) {
    onCut();
    response.socket?.resetAndDestroy();
    return;
  }
  if (faults.some(({ kind }) => kind === 'never')) return;
  const late = faults.find((fault) => fault.kind === 'late');
  if (late === undefined) return goOn();
  const timer = setTimeout(goOn, late.ms);
  response.on('close', () => clearTimeout(timer));
}

interface Instead {
  readonly problem: Problem;
  /** A page in place of JSON. */
  readonly page?: string;
}

function faultProblem(faults: readonly Fault[], asked: Asked, dialect: SimulatedDialect): Instead | undefined {
  for (const fault of faults) {
    if (fault.kind === 'overflow') {
      const window = fault.window ?? DEFAULT_WINDOW;
      return { problem: dialect.overflow(Math.max(asked.inputTokens, window + 1), window) };
    }
    if (fault.kind !== 'status') continue;
    const { body, ...rest } = fault;
    const problem = { ...rest, message: fault.message ?? '' };
    if (typeof body === 'string') return { problem, page: body };
    return { problem: body === undefined ? problem : { ...problem, body } };
  }
  return undefined;
}

function sendPage(problem: Problem, page: string, response: ServerResponse): void {
  const bytes = Buffer.from(page);
  const type = page.trimStart().startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
  response.writeHead(problem.status, { 'content-type': type, 'content-length': bytes.length, ...problem.headers });
  response.end(bytes);
}

function sendAnswer(
  dialect: SimulatedDialect,
  step: Step,
  asked: Asked,
  context: ErrorContext,
  response: ServerResponse,
  stage: Stage,
): void {
  const streams = asked.stream && asked.operation === 'answer';
  const frames = framesFor(dialect, step, asked, stage);
  const incidents = incidentsOf(step.faults ?? [], {
    malformed: () => dialect.malformedFrame(step, context),
    error: (fault) =>
      dialect.errorFrame(
        { ...fault, status: fault.status ?? 529, message: fault.message ?? 'Overloaded' },
        context,
        step,
        'event' in fault.at ? Math.min(fault.at.event, frames.length) : undefined,
      ),
  });
  const headers: Record<string, string | number> = {
    'content-type': streams ? streamType(dialect, asked) : 'application/json',
    ...(streams ? { 'cache-control': 'no-cache' } : {}),
    ...requestIdHeaders(dialect, context.requestId),
    ...(step.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    ...step.headers,
  };
  // A whole answer that nothing happens to has a length; one that breaks off may claim it, too, unless it ends cleanly.
  const endsEarly = incidents.some(({ actions }) => actions.some(({ kind }) => kind === 'end'));
  const addsBytes = incidents.some(({ actions }) => actions.some(({ kind }) => kind === 'write'));
  if (!streams && step.gzip !== true && !endsEarly && !addsBytes) {
    headers['content-length'] = Buffer.byteLength(frames[0] ?? '');
  }
  response.writeHead(200, headers);
  if (streams) response.flushHeaders();
  deliver(response, planDelivery(frames, step, incidents), { gzip: step.gzip === true, onCut: stage.onCut });
}

/** Everything that is said: the events of a stream, or one frame that is the whole body. */
function framesFor(dialect: SimulatedDialect, step: Step, asked: Asked, stage: Stage): Frame[] {
  if (asked.operation === 'count') {
    const counted = dialect.count({ ...asked, inputTokens: step.usage?.input ?? asked.inputTokens });
    return [JSON.stringify(counted)];
  }
  const answer = buildAnswer(step, asked, stage.ids, dialect.prefixes);
  dialect.remember?.(answer, asked, stage.memory);
  return asked.stream ? dialect.stream(answer, asked) : [JSON.stringify(dialect.whole(answer, asked))];
}
