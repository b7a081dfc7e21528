import type { JsonObject } from '../canon/json.ts';
import { madeOf, recurs } from '../canon/recurring.ts';
import type { LongTexts } from '../wire/long-texts.ts';
import { Pieces } from '../wire/pieces.ts';
import { toolsStandIn } from './kept-tools.ts';

/** Characters and bytes of parts that are rather copied to one piece than sent in three. */
const fewBytes = 16 * 1024;

const quotedStandIn = JSON.stringify(toolsStandIn);

/**
 * A translated request as bytes, with its long texts in their places. Tools that recur were made bytes before.
 * @returns nothing where the long texts cannot be put back.
 */
export function writtenBody(body: JsonObject, texts?: LongTexts): Pieces | undefined {
  const tools = body['tools'];
  if (!Array.isArray(tools) || !recurs(tools)) return restored(JSON.stringify(body), texts);
  const written = madeOf(tools, writtenBody, () => Buffer.from(JSON.stringify(tools)));
  body['tools'] = toolsStandIn;
  const json = JSON.stringify(body);
  body['tools'] = tools;
  const at = json.indexOf(quotedStandIn);
  const before = json.slice(0, at);
  const after = json.slice(at + quotedStandIn.length);
  if (texts === undefined && json.length + written.length < fewBytes) return Pieces.of(joined(before, written, after));
  const first = restored(before, texts);
  const last = restored(after, texts);
  return first && last && new Pieces([...first.list, written, ...last.list]);
}

function restored(json: string, texts: LongTexts | undefined): Pieces | undefined {
  return texts === undefined ? Pieces.ofText(json) : texts.restored(json);
}

function joined(before: string, between: Buffer, after: string): Buffer {
  const start = Buffer.byteLength(before);
  const end = start + between.length;
  const bytes = Buffer.allocUnsafe(end + Buffer.byteLength(after));
  bytes.write(before, 0);
  between.copy(bytes, start);
  bytes.write(after, end);
  return bytes;
}
