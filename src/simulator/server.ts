import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConstantAnswers, prepareConstant } from './constant.ts';
import { deliver } from './deliver.ts';
import type { ErrorContext, IncomingCall, SimulatedDialect } from './dialect.ts';
import { DIALECTS, dialectFor } from './dialects.ts';
import { answerCall, sendJson, sendProblem } from './exchange.ts';
import { createIdMaker } from './ids.ts';
import { answerModels, isAnthropicClient } from './models.ts';
import { isTokenPath, type OAuthOptions, TokenIssuer } from './oauth.ts';
import { Recorder, type Recording } from './recorder.ts';
import { asksForStream, type ReadBody, readBody } from './request-body.ts';
import type { Flavor, Manner, Rules, Scenario } from './scenario.ts';
import { createCounts, createStepChooser, type StepChooser } from './steps.ts';

/** What a server is made with; every member decided. */
export interface ServerSettings {
  readonly strict: boolean;
  readonly pace: number;
  readonly requireKey: string | undefined;
  readonly flavor: Flavor;
  readonly allow: readonly string[];
  readonly oauth: OAuthOptions | undefined;
  /** Requests remembered. */
  readonly keep: number;
  /** Bytes that a request body may have. */
  readonly maxBody: number;
}

/** What follows from the scenario that plays. */
interface Play {
  readonly rules: Rules;
  readonly manner: Manner;
  readonly choose: StepChooser;
  readonly constant: ConstantAnswers | undefined;
}

/** The simulated services on one port. */
export class SimulatorServer {
  readonly recorder: Recorder;
  readonly tokens: TokenIssuer | undefined;
  readonly #settings: ServerSettings;
  readonly #server: Server;
  readonly #ids = createIdMaker();
  readonly #counts = createCounts();
  #play: Play;

  constructor(settings: ServerSettings, scenario: Scenario) {
    this.#settings = settings;
    this.recorder = new Recorder(settings.keep);
    this.tokens = settings.oauth === undefined ? undefined : new TokenIssuer(settings.oauth);
    this.#play = this.#prepare(scenario);
    this.#server = createServer({ noDelay: true, keepAliveTimeout: 65_000, requestTimeout: 0 }, (request, response) =>
      this.#handle(request, response),
    );
  }

  /** Starts to listen; 0 takes any free port. Rejects when the port is taken. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Plays another scenario from the next request on; counts of steps begin anew. */
  play(scenario: Scenario): void {
    this.#play = this.#prepare(scenario);
  }

  /** Ends every connection at once. */
  close(): Promise<void> {
    this.recorder.closing = true;
    return new Promise((resolve) => {
      // The responses close right after their connections: then the recorded states are final.
      this.#server.close(() => setImmediate(resolve));
      this.#server.closeAllConnections();
    });
  }

  #prepare(scenario: Scenario): Play {
    const { strict, flavor, allow, pace } = this.#settings;
    const manner: Manner = pace > 0 ? { pace, ...scenario.manner } : (scenario.manner ?? {});
    const rules: Rules = {
      strict: scenario.strict ?? strict,
      flavor: scenario.flavor ?? flavor,
      allow: scenario.allow ?? allow,
      limits: scenario.limits ?? {},
      refuse: scenario.refuse ?? {},
      ...(scenario.models === undefined ? {} : { models: scenario.models }),
    };
    const { constant } = scenario;
    const ready = constant === undefined ? undefined : prepareConstant(constant, manner, this.#ids);
    return { rules, manner, choose: createStepChooser(scenario), constant: ready };
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const recording = this.recorder.begin(request, response);
    readBody(request, this.#settings.maxBody, (body) => {
      if ('bytes' in body) recording.body(body.bytes);
      this.#route(request, response, body, recording);
    });
  }

  #route(request: IncomingMessage, response: ServerResponse, body: ReadBody, recording: Recording): void {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const { method } = request;
    if (method === 'POST' && isTokenPath(path) && this.tokens !== undefined) {
      const answer = this.tokens.answer(request.headers, 'bytes' in body ? body.bytes.toString('utf8') : '');
      return sendJson(response, answer.status, {}, answer.body);
    }
    const found = method === 'POST' ? dialectFor(path) : undefined;
    const dialect = found?.dialect ?? (DIALECTS[isAnthropicClient(request.headers) ? 0 : 1] as SimulatedDialect);
    const { rules } = this.#play;
    const context: ErrorContext = { path, headers: request.headers, rules, requestId: this.#ids('req_') };
    const refuse = (status: number, message: string): void =>
      sendProblem(dialect, { status, message }, context, response);
    if (method === 'HEAD' || path === '/' || path === '/health') return sendJson(response, 200, {}, { status: 'ok' });
    if (!this.#knows(dialect.keys(request.headers))) {
      return sendProblem(dialect, dialect.unauthorized(context), context, response);
    }
    if (found === undefined) return this.#answerGet(context, mark < 0 ? '' : url.slice(mark), method, response, refuse);
    if ('failure' in body) {
      const tooLarge = body.failure === 'too-large';
      return refuse(tooLarge ? 413 : 400, tooLarge ? '' : 'The request body could not be decoded.');
    }
    if (found.operation === 'answer' && this.#play.constant !== undefined) {
      return this.#answerConstant(found.dialect, body.bytes, response, recording);
    }
    const json = recording.json();
    if (json === undefined) return refuse(400, 'The request body is not valid JSON: expected an object.');
    const call: IncomingCall = { operation: found.operation, path, headers: request.headers, body: json, rules };
    const { choose, manner } = this.#play;
    const stage = { choose, manner, counts: this.#counts, ids: this.#ids, onCut: recording.cutting };
    answerCall(found.dialect, call, context, response, stage);
  }

  #answerGet(
    context: ErrorContext,
    query: string,
    method: string | undefined,
    response: ServerResponse,
    refuse: (status: number, message: string) => void,
  ): void {
    const { path, headers, rules } = context;
    const request = { path, query: new URLSearchParams(query), headers, models: rules.models, flavor: rules.flavor };
    const answer = method === 'GET' ? answerModels(request) : undefined;
    if (answer === undefined) return refuse(404, `Not found: ${method ?? ''} ${path}`);
    if (answer === 'missing') return refuse(404, `model: ${path.slice(path.lastIndexOf('/models/') + 8)}`);
    sendJson(response, 200, {}, answer);
  }

  #answerConstant(dialect: SimulatedDialect, body: Buffer, response: ServerResponse, recording: Recording): void {
    const answer = this.#play.constant?.(dialect, asksForStream(body));
    if (answer === undefined) return;
    response.writeHead(200, answer.headers);
    deliver(response, answer.actions, { gzip: false, onCut: recording.cutting });
  }

  #knows(keys: readonly string[]): boolean {
    const { requireKey } = this.#settings;
    if (requireKey === undefined && this.tokens === undefined) return true;
    return keys.some((key) => key === requireKey || this.tokens?.isGood(key) === true);
  }
}
