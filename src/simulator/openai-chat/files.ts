import type { OtherAnswer, OtherCall } from '../dialect.ts';
import { type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { bytesAnswer, jsonAnswer } from '../other.ts';
import { Refused } from '../problem.ts';
import { fieldIn, fileIn, formParts } from './form.ts';

/** Where the ids of all files are remembered. */
const INDEX = 'files of openai';

/** Files: uploaded, listed, shown, given back, deleted. */
export function answerFiles(call: OtherCall, [id, part]: readonly string[]): OtherAnswer | undefined {
  const { method } = call;
  if (id === undefined) return method === 'POST' ? upload(call) : list(call);
  const kept = call.memory.get(`file ${id}`);
  if (kept === undefined || kept.deleted === true) {
    throw new Refused({
      status: 404,
      type: 'invalid_request_error',
      param: 'id',
      message: `No such File object: ${id}`,
    });
  }
  if (part === 'content' && method === 'GET') {
    return bytesAnswer('application/octet-stream', Buffer.from(textOf(kept.content), 'base64'));
  }
  if (part !== undefined) return undefined;
  if (method === 'GET') return jsonAnswer(shown(kept));
  call.memory.set(`file ${id}`, { ...kept, deleted: true });
  return jsonAnswer({ id, object: 'file', deleted: true });
}

function upload({ headers, body, memory, ids }: OtherCall): OtherAnswer {
  const parts = formParts(headers, body);
  const file = fileIn(parts, 'file');
  const id = ids('file-');
  const kept: JsonObject = {
    id,
    object: 'file',
    bytes: file.value.length,
    created_at: 1_700_000_000,
    filename: file.filename ?? '',
    purpose: fieldIn(parts, 'purpose'),
    status: 'processed',
    content: file.value.toString('base64'),
  };
  memory.set(`file ${id}`, kept);
  memory.set(INDEX, { ids: [...listOf(memory.get(INDEX)?.ids), id] });
  return jsonAnswer(shown(kept));
}

function list({ memory, query }: OtherCall): OtherAnswer {
  const ids = listOf(memory.get(INDEX)?.ids).map(textOf);
  const purpose = query.get('purpose');
  const files = ids
    .map((id) => objectOf(memory.get(`file ${id}`)))
    .filter((file) => file.id !== undefined && file.deleted !== true && (purpose === null || file.purpose === purpose))
    .slice(0, numberOf(Number(query.get('limit') ?? Number.NaN)));
  return jsonAnswer({ object: 'list', data: files.map(shown), has_more: false });
}

function shown({ content: _, ...file }: JsonObject): JsonObject {
  return file;
}
