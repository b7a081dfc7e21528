import { randomBytes } from 'node:crypto';
import type { DialectName } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import { isObject, type JsonObject, parseJson, stringIn } from '../canon/json.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import { sealMark } from '../canon/seal-mark.ts';
import { type BodyScan, NotJson } from '../wire/body-scan.ts';
import { type Cut, LongTexts } from '../wire/long-texts.ts';
import type { Pieces } from '../wire/pieces.ts';
import { scanBody } from '../wire/splice.ts';
import type { Call } from './call.ts';
import type { Carriages } from './carriages.ts';
import type { ClientAnswer } from './client-answer.ts';
import { type KeptTools, type MetTools, openWith, toolsIn, toolsStandIn } from './kept-tools.ts';

/** A call's request as first read; the canonical form is made at most once, whatever number of providers is tried. */
export interface Incoming {
  readonly call: Call;
  /** Nothing where the client named none. */
  readonly model: string | undefined;
  readonly stream: boolean;
  /** Where the model's name stands in the body, and more of what is in it; nothing for languages that have it elsewhere. */
  scan(): BodyScan | undefined;
  request(): ChatRequest;
  /** The request for whoever has no need of every word in it. Reading it costs less where texts are long. */
  outline(): Outline;
  /** The answer has begun: lets go of the client's bytes, unless every word may yet have to be read from them. */
  letGo(): void;
  /** What was lost before any target was known to ask. */
  readonly losses?: readonly Loss[];
  /** Where an answer is streamed that others may go on with should it break off. */
  answer?: ClientAnswer;
  /** Whether there are proofs in it that were sealed here: its bytes are not for any provider. */
  isSealed(): boolean;
}

/** A request in which stand-ins may be in the place of long texts. */
export interface Outline {
  readonly request: ChatRequest;
  /** What the stand-ins are for; absent where there are none. */
  readonly texts?: LongTexts;
}

/** What earlier calls tell of those to come. */
export interface Experience {
  readonly carriages: Carriages;
  readonly keptTools: KeptTools;
}

/** What stand-ins are known by: of this process alone. */
const standIn = randomBytes(12).toString('hex');

/** Looks at a client's body as far as it must be looked at. @throws invalid_request */
export function incoming(call: Call, experience?: Experience): Incoming {
  let request: ChatRequest | undefined;
  let outline: Outline | undefined;
  let sealed: boolean | undefined;
  const { address } = call;
  let opened = address === undefined && experience !== undefined ? openedAtOnce(call, experience) : undefined;
  let scan = address === undefined && opened === undefined ? scanned(call.body) : undefined;
  const { model, stream } = address ??
    scan ?? { model: stringIn(opened?.['model']), stream: opened?.['stream'] === true };
  const read = (): ChatRequest => {
    request ??= call.dialect.client.readRequest({ ...(opened ?? openBody(call)), ...call.resolved }, call.headers);
    opened = undefined;
    return request;
  };
  return {
    call,
    model,
    stream,
    scan: () => {
      if (address === undefined) scan ??= scanned(call.body);
      return scan;
    },
    request: read,
    outline: () => {
      outline ??= (request === undefined && scan !== undefined
        ? outlineOf(call, scan, experience?.keptTools)
        : undefined) ?? {
        request: read(),
      };
      return outline;
    },
    letGo: () => {
      if (request === undefined) return;
      outline = undefined;
      call.body.release();
    },
    isSealed: () => {
      sealed ??= scan?.marked ?? call.body.whole().includes(`"${sealMark}`);
      return sealed;
    },
  };
}

/** The same call with another request in the place of what the client has sent. */
export function asking(source: Incoming, request: () => ChatRequest): Incoming {
  return { ...source, request, outline: () => ({ request: request() }) };
}

/** Shorter bodies have few long texts, and scanning them takes a good part of what reading them does. */
const shortBytes = 8 * 1024;
/** Characters in which a model's name is looked for. */
const openingLength = 160;

const openingModel = /^\s*\{\s*"model"\s*:\s*"([^"\\]+)"/;
/** How a second one would end: searching for its quote first would stop at every string. */
const secondModel = 'model"';
/** How it would be disguised. Hardly anybody escapes letters. */
const escapedLetter = /\\u00[4-7]/i;

/**
 * A short body that begins with a model whose calls are translated. Nothing for any other, and where anything is wrong or
 * could be understood in two ways: what that is, the scan tells.
 */
function openedAtOnce({ body, dialect: { name } }: Call, { carriages, keptTools }: Experience): JsonObject | undefined {
  const [first, ...more] = body.list;
  if (first === undefined || more.length > 0 || body.length > shortBytes || !carriages.translatesAny(name))
    return undefined;
  const [opening = '', model] = openingModel.exec(first.toString('latin1', 0, openingLength)) ?? [];
  if (model === undefined || !carriages.willTranslate(name, model)) return undefined;
  const start = toolsIn(first);
  const met = start === -1 ? undefined : keptTools.find(name, first, start);
  const text = met === undefined ? body.text() : LongTexts.in(body, [], standIn, cutOf(met))?.outline;
  if (text === undefined || text.includes(secondModel, opening.length) || escapedLetter.test(text)) return undefined;
  const opened = met === undefined ? parseJson(text) : openWith(met, text);
  if (!isObject(opened) || opened['model'] !== model) return undefined;
  if (start !== -1 && met === undefined && keptTools.wants()) keptTools.meet(name, first, scanned(body));
  return opened;
}

/** Nothing where no text is long, and where anything is wrong: what that is, the whole request tells. */
function outlineOf({ body, dialect, headers, resolved }: Call, scan: BodyScan, tools?: KeptTools): Outline | undefined {
  const { client, name } = dialect;
  if (client.outlined !== true || resolved !== undefined) return undefined;
  const met = tools === undefined || scan.toolsStart === -1 ? undefined : metTools(tools, name, body, scan);
  const texts = LongTexts.in(body, scan.longStrings, standIn, met && cutOf(met));
  if (texts === undefined) return undefined;
  const opened = met === undefined ? parseJson(texts.outline) : openWith(met, texts.outline);
  if (!isObject(opened)) return undefined;
  try {
    return { request: client.readRequest(opened, headers), texts };
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function metTools(tools: KeptTools, client: DialectName, body: Pieces, scan: BodyScan): MetTools | undefined {
  const met = tools.find(client, body.whole(), scan.toolsStart);
  if (met === undefined && tools.wants()) tools.meet(client, body.whole(), scan);
  return met;
}

function cutOf({ start, end }: MetTools): Cut {
  return { start, end, by: `"${toolsStandIn}"` };
}

/** The body as JSON, with what the client said in the path. @throws invalid_request */
export function openBody({ body, address }: Pick<Call, 'body' | 'address'>): JsonObject {
  const parsed = parseBody(body);
  if (address === undefined) return parsed;
  const { model, stream, members } = address;
  return { ...parsed, ...members, model, stream };
}

function scanned(body: Pieces): BodyScan {
  try {
    return scanBody(body, sealMark);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new GatewayError(
      'invalid_request',
      `The request body is not valid JSON: ${error.message} (at byte ${error.at})`,
      { cause: error },
    );
  }
}

/** The body as JSON, or the client's error. */
export function parseBody(pieces: Pieces): JsonObject {
  const text = pieces.text();
  if (text === undefined) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (cause) {
    throw new GatewayError('invalid_request', `The request body is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (!isObject(parsed)) throw new GatewayError('invalid_request', 'The request body is not a JSON object.');
  return parsed;
}
