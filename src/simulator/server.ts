import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsAccount } from './bedrock/sigv4.ts';
import { type ConstantAnswers, prepareConstant } from './constant.ts';
import { deliver } from './deliver.ts';
import type { Address, ErrorContext, IncomingCall, OtherAnswer, SimulatedDialect } from './dialect.ts';
import { dialectFor, dialectOfClient } from './dialects.ts';
import { answerCall, sendJson, sendProblem } from './exchange.ts';
import { requestIdHeaders } from './headers.ts';
import { createIdMaker } from './ids.ts';
import { createMemory } from './memory.ts';
import { answerModels } from './models.ts';
import { isTokenPath, type OAuthOptions, TokenIssuer } from './oauth.ts';
import { type Problem, problemOf } from './problem.ts';
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
  readonly aws: AwsAccount | undefined;
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
  readonly #memory = createMemory();
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
      // Responses close a little later than the server itself: only then are the recorded states final.
      const settle = (): void => {
        if (this.recorder.open === 0) resolve();
        else setImmediate(settle);
      };
      this.#server.close(settle);
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
      try {
        this.#route(request, response, body, recording);
      } catch (error) {
        this.#fail(request, response, error);
      }
    });
  }

  /** A scenario's own function has thrown, or a path cannot be decoded: told to the client, harmless to other calls. */
  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const message = `simulator: ${error instanceof Error ? error.message : String(error)}`;
    const context = this.#contextOf(request);
    sendProblem(dialectOfClient(context.headers, context.path), { status: 500, message }, context, response);
  }

  #contextOf(request: IncomingMessage): ErrorContext {
    const { headers, url = '/' } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark));
    return { path, query, headers, rules: this.#play.rules, requestId: this.#ids('req_') };
  }

  #route(request: IncomingMessage, response: ServerResponse, body: ReadBody, recording: Recording): void {
    const { method } = request;
    const context = this.#contextOf(request);
    const { path, query, headers, rules } = context;
    if (method === 'POST' && isTokenPath(path) && this.tokens !== undefined) {
      const answer = this.tokens.answer(headers, 'bytes' in body ? body.bytes.toString('utf8') : '');
      return sendJson(response, answer.status, {}, answer.body);
    }
    if (method === 'HEAD' || path === '/' || path === '/health') return sendJson(response, 200, {}, { status: 'ok' });
    const found = method === 'POST' ? dialectFor(path) : undefined;
    const dialect = found?.dialect ?? dialectOfClient(headers, path);
    const refusal = this.#refusal(dialect, context, request, body);
    if (refusal !== undefined) return sendProblem(dialect, refusal, context, response);
    if (found !== undefined) return this.#answer(dialect, found.address, context, body, response, recording);
    if ('bytes' in body && this.#other(dialect, { ...context, method: method ?? '' }, body.bytes, response)) return;
    const notFound = { missing: `Not found: ${path}` };
    const answer = method === 'GET' ? answerModels(dialect, path, query, rules) : notFound;
    if ('body' in answer) return sendJson(response, 200, {}, answer.body);
    sendProblem(dialect, { status: 404, message: answer.missing }, context, response);
  }

  /** What is no answer in a conversation. False where there is no such thing. */
  #other(
    dialect: SimulatedDialect,
    asked: ErrorContext & { readonly method: string },
    body: Buffer,
    response: ServerResponse,
  ): boolean {
    let answer: OtherAnswer | undefined;
    const problem = problemOf(() => {
      answer = dialect.other?.({ ...asked, body, memory: this.#memory, ids: this.#ids });
    });
    if (problem !== undefined) sendProblem(dialect, problem, asked, response);
    else if (answer !== undefined) {
      const { status, headers } = answer;
      const ids = requestIdHeaders(dialect, asked.requestId);
      response.writeHead(status, { 'content-length': answer.body.length, ...ids, ...headers }).end(answer.body);
    }
    return problem !== undefined || answer !== undefined;
  }

  #answer(
    dialect: SimulatedDialect,
    address: Address,
    context: ErrorContext,
    body: ReadBody,
    response: ServerResponse,
    recording: Recording,
  ): void {
    const refuse = (status: number, message: string): void =>
      sendProblem(dialect, { status, message }, context, response);
    if ('failure' in body) {
      const tooLarge = body.failure === 'too-large';
      return refuse(tooLarge ? 413 : 400, tooLarge ? '' : 'The request body could not be decoded.');
    }
    const { choose, manner, constant } = this.#play;
    if (address.operation === 'answer' && constant !== undefined) {
      return this.#answerConstant(dialect, address.stream ?? asksForStream(body.bytes), response, recording);
    }
    const json = recording.json();
    if (json === undefined) return refuse(400, 'The request body is not valid JSON: expected an object.');
    const memory = this.#memory;
    const call: IncomingCall = { ...context, ...address, body: json, memory };
    const stage = { choose, manner, counts: this.#counts, ids: this.#ids, memory, onCut: recording.cutting };
    answerCall(dialect, call, context, response, stage);
  }

  #answerConstant(dialect: SimulatedDialect, stream: boolean, response: ServerResponse, recording: Recording): void {
    const answer = this.#play.constant?.(dialect, stream);
    if (answer === undefined) return;
    response.writeHead(200, answer.headers);
    deliver(response, answer.actions, { gzip: false, onCut: recording.cutting });
  }

  /** Why a request is not let in; undefined when its key is good, or its signature where it has no key. */
  #refusal(
    dialect: SimulatedDialect,
    context: ErrorContext,
    request: IncomingMessage,
    body: ReadBody,
  ): Problem | undefined {
    const { aws, requireKey } = this.#settings;
    const keys = dialect.keys(context.headers, context.query);
    if (aws === undefined || dialect.verify === undefined) {
      return this.#knows(keys) ? undefined : dialect.unauthorized(context);
    }
    if (keys.length > 0) return keys.some((key) => key === requireKey) ? undefined : dialect.unauthorized(context);
    const { method = '', url: target = '/', headers } = request;
    return dialect.verify({ method, target, headers, body: 'bytes' in body ? body.bytes : Buffer.alloc(0) }, aws);
  }

  #knows(keys: readonly string[]): boolean {
    const { requireKey } = this.#settings;
    if (requireKey === undefined && this.tokens === undefined) return true;
    return keys.some((key) => key === requireKey || this.tokens?.isGood(key) === true);
  }
}
