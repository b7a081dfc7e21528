import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { Carriages } from '../gateway/carriages.ts';
import { Conversations } from '../gateway/conversations.ts';
import { Estimator } from '../gateway/estimate.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { CacheGuardian } from '../gateway/guardian.ts';
import { KeptTools } from '../gateway/kept-tools.ts';
import { Memory } from '../gateway/memory.ts';
import { createPdfReader } from '../gateway/pdf.ts';
import { Meter } from '../observe/meter.ts';
import { Lessons } from '../policy/lessons.ts';
import { SessionHomes } from '../policy/session-homes.ts';
import type { Ask } from '../providers/ask.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { askThrough } from '../upstream/ask.ts';
import { createSender } from '../upstream/send.ts';
import { Ticker } from '../upstream/ticker.ts';
import { Turn } from '../upstream/turn.ts';
import type { Handover } from './handover.ts';
import { Sweeper } from './sweeper.ts';
import { ownHeap } from './tidy.ts';
import { version } from './version.ts';

/** How often silent streams are looked at, milliseconds. */
const heartbeatMs = 500;

/** Bytes of prompts that each process keeps, so that it can say why one was not found in a provider's cache. */
const promptMemory = 64 * 1024 * 1024;

/** What one PDF that has to be told as text may cost. */
const pdfLimits = { timeoutMs: 20_000, maxBytes: 32 * 1024 * 1024, maxPages: 500, maxCharacters: 2_000_000 };

/** What of a gateway outlives every configuration. */
type Lasting =
  | 'sender'
  | 'ticker'
  | 'turn'
  | 'memory'
  | 'carriages'
  | 'keptTools'
  | 'conversations'
  | 'estimator'
  | 'guardian'
  | 'homes'
  | 'pdfs'
  | 'meter'
  | 'userAgent';

/** What lives as long as the process, whatever the configuration becomes. */
export interface Foundation {
  readonly parts: Pick<Gateway, Lasting>;
  readonly lessons: Lessons;
  /** How credentials are fetched. */
  readonly ask: Ask;
  close(): Promise<void>;
}

/** Opens sockets and stores for all configurations to come, as the first one says. */
export async function layFoundation(config: Config, handover?: Handover): Promise<Foundation> {
  const store = await storeFor(config, handover);
  const sweeper = new Sweeper(ownHeap);
  const turn = new Turn(() => sweeper.sweep());
  const sender = createSender({ proxied: isProxied(process.env), turn });
  const direct = createSender();
  const pdfs = createPdfReader(pdfLimits);
  const estimator = new Estimator();
  return {
    parts: {
      sender,
      ticker: new Ticker(heartbeatMs),
      turn,
      memory: new Memory(),
      carriages: new Carriages(),
      keptTools: new KeptTools(),
      conversations: new Conversations(store),
      estimator,
      guardian: new CacheGuardian({ memory: promptMemory }),
      // Kept by names of targets: a session stays where its prompt is cached.
      homes: new SessionHomes(),
      pdfs,
      meter: new Meter(),
      userAgent: `dragoman/${version}`,
    },
    lessons: new Lessons(),
    ask: askThrough(sender, direct),
    close: async () => {
      await sender.close();
      store.close();
      await pdfs.close();
      await estimator.close();
      await direct.close();
    },
  };
}

/** Where conversations are kept. What is kept in one process another would not find, so that several have a file. */
async function storeFor(
  { store: { file, memory } }: Config,
  { storeFile }: Partial<Handover> = {},
): Promise<DocumentStore> {
  if (file === undefined && storeFile === undefined) return new MemoryStore(memory);
  const { SqliteStore } = await import('../store/sqlite-store.ts');
  return file === undefined ? new SqliteStore(storeFile ?? '', { most: memory }) : new SqliteStore(resolve(file));
}

function isProxied(env: NodeJS.ProcessEnv): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '');
}
