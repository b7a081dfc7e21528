import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { compose } from '../../src/cli/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { dialectNamed } from '../../src/dialects/index.ts';
import type { Call, ClientDialect, Reply } from '../../src/gateway/call.ts';
import { exchange } from '../../src/gateway/exchange.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { type CallRecord, newRecord } from '../../src/observe/call.ts';
import { logCalls } from '../../src/observe/log.ts';
import { knownKinds } from '../../src/providers/table.ts';
import type { AnswerSink, Sender } from '../../src/upstream/send.ts';
import { Turn } from '../../src/upstream/turn.ts';
import { Pieces } from '../../src/wire/pieces.ts';
import { uncounted } from './counting.ts';
import { headersOf, type Language, type Served } from './traffic.ts';

/** What a provider answers, made beforehand, in the reads in which it comes. */
export interface Answer {
  readonly headers: { readonly [name: string]: string };
  readonly reads: readonly Buffer[];
}

/** How one call of a lane goes. */
export interface Scene {
  readonly client: Language;
  readonly stream: boolean;
  /** The request, in the reads in which it came. */
  readonly request: readonly Buffer[];
  readonly answer: Answer;
  /** Each read in a turn of the event loop of its own, as from a socket; else one behind the other. */
  readonly paced: boolean;
}

/** What came of a call. */
export interface Played {
  readonly record: CallRecord;
  /** Bytes of the answer that left. */
  readonly left: number;
  /** The bytes themselves, where they were asked for. */
  readonly bytes: readonly Uint8Array[];
}

/** A gateway without sockets: calls go in by `exchange`, a made answer comes from where the provider would be. */
export interface Stage {
  /** Bytes of which the gateway has told so far that it made them. */
  made(): number;
  play(scene: Scene, keep?: boolean): Promise<Played>;
  close(): Promise<void>;
}

/** What stands before the paths of a language. */
const versions: { readonly [language in Served]: string } = { anthropic: '', 'openai-chat': '/v1', gemini: '/v1beta' };

/** The configuration of a gateway before one provider, which speaks this language. */
export function configFor(speaks: Served, port = 9): Config {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-hot-path-'));
  try {
    const base = `http://127.0.0.1:${port}${versions[speaks]}`;
    const config = {
      auth: { keys: ['k'] },
      server: { host: '127.0.0.1', port: 0, shutdown_grace: 0 },
      log: { level: 'error', format: 'json' },
      providers: { p: { speaks, base_url: base, api_key: 'provider-key' } },
      models: { m: { to: 'p/some-model' } },
    };
    const file = join(folder, 'dragoman.json');
    writeFileSync(file, JSON.stringify(config));
    return loadConfig({ cwd: folder, env: {}, kinds: knownKinds, file });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts a gateway together as the command does, its log going nowhere. */
export async function openStage(speaks: Served): Promise<Stage> {
  const { gateway: composed, redact, close } = await compose(configFor(speaks));
  const player = new Player();
  const turn = new CountingTurn();
  const gateway: Gateway = { ...composed, sender: player, turn };
  const log = pino({ level: 'info' }, { write: () => undefined });
  const stopLogging = logCalls({ log, write: () => undefined }, redact);
  return {
    made: () => turn.made,
    play: (scene, keep = false) => play(gateway, player, scene, keep),
    close: async () => {
      stopLogging();
      await close();
    },
  };
}

class CountingTurn extends Turn {
  made = 0;

  override took(bytes: number): void {
    this.made += bytes;
  }
}

const nothingToDo = { abort: () => undefined, pause: () => undefined, resume: () => undefined };

/** Stands where the sockets to providers are. */
class Player implements Sender {
  scene: Scene | undefined;
  /** Whoever borrows is lent bytes that are overwritten, as by sockets. */
  lends = false;

  send(_request: unknown, sink: AnswerSink): typeof nothingToDo {
    const scene = this.scene;
    if (scene === undefined) throw new Error('nothing to play');
    if (scene.paced) this.#paced(scene, sink);
    else
      uncounted(() =>
        setImmediate(() => {
          sink.head(200, scene.answer.headers);
          for (const read of scene.answer.reads) this.#give(sink, read);
          sink.end();
        }),
      );
    return nothingToDo;
  }

  #paced({ answer: { headers, reads } }: Scene, sink: AnswerSink): void {
    let next = -1;
    const turn = (): void => {
      const read = reads[next];
      if (next === -1) sink.head(200, headers);
      else if (read === undefined) return sink.end();
      else this.#give(sink, read);
      next += 1;
      uncounted(() => setImmediate(turn));
    };
    uncounted(() => setImmediate(turn));
  }

  #give(sink: AnswerSink, read: Buffer): void {
    if (!this.lends || sink.borrows?.() !== true) {
      sink.data(read);
      return;
    }
    const lent = Buffer.from(read);
    sink.data(lent);
    lent.fill(0xff);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Where the client would be. */
class Taker implements Reply {
  readonly gone = false;
  headSent = false;
  left = 0;
  readonly kept: Uint8Array[] = [];
  readonly #keep: boolean;

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  head(): void {
    this.headSent = true;
  }

  write(bytes: Uint8Array): boolean {
    this.left += bytes.length;
    if (this.#keep) this.kept.push(bytes);
    return true;
  }

  end(bytes?: Uint8Array): void {
    if (bytes !== undefined) this.write(bytes);
  }

  destroy(): void {
    throw new Error('the answer was broken off');
  }

  onDrain(): void {}

  onGone(): void {}
}

async function play(gateway: Gateway, player: Player, scene: Scene, keep: boolean): Promise<Played> {
  const { client, stream, request } = scene;
  const reply = new Taker(keep);
  const call = callOf(client, new Pieces(request), reply);
  player.scene = scene;
  player.lends = keep;
  await exchange(gateway, call);
  const { record } = call;
  if (record.status !== 200 || record.error !== undefined || record.stream !== stream)
    throw new Error(`the call failed: ${record.status} ${record.errorMessage ?? ''}`, { cause: record.cause });
  return { record, left: reply.left, bytes: reply.kept };
}

function callOf(client: Language, body: Pieces, reply: Reply): Call {
  return {
    id: 'req_1',
    dialect: dialectNamed(client) as ClientDialect,
    headers: headersOf[client],
    query: '',
    body,
    caller: 'caller',
    reply,
    began: performance.now(),
    record: Object.assign(newRecord('req_1', client, 'call'), { session: 'session', requestBytes: body.length }),
  };
}
