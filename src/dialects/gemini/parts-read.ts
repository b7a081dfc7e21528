import type { Block, Source } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import { mediaTypeOfName } from '../../canon/media.ts';
import type { CallBook } from './call-book.ts';
import { asExt, geminiName } from './ext.ts';
import { list, message, object, optional, string, wrongField } from './field.ts';
import { type Proof, readReturnedProof } from './signature.ts';

const partFields: ReadonlySet<string> = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
]);

/** Marks, on a proof read as a block of its own, that it belongs to what stands before it. */
export const follows = { [geminiName]: { follows: true } } as const;

/** Reads one part, its fields spelt as documented: the block, and its proof beside it. `path` says where it stands. */
export function readPart(part: JsonObject, path: string, calls: CallBook): Block[] {
  const text = optional(part.text, `${path}.text`, string);
  const signature = optional(part.thoughtSignature, `${path}.thoughtSignature`, string);
  const proof = signature === undefined ? undefined : readReturnedProof(signature);
  if (text !== undefined && part.thought === true) return readThought(text, proof, part);
  if (part.functionCall !== undefined && part.functionCall !== null) {
    return [...proofBefore(proof), readCall(part, path, calls)];
  }
  const block = text === undefined ? readOther(part, path, calls) : readText(text, part);
  // A part of Google's own holds its proof itself.
  if (proof === undefined || block?.type === 'native') return block === undefined ? [] : [block];
  if (proof.before) return [...proofBefore(proof), ...(block === undefined ? [] : [block])];
  return [
    ...(block === undefined ? [] : [block]),
    { type: 'thinking', text: '', signature: proof.value, ext: follows },
  ];
}

function proofBefore(proof: Proof | undefined): Block[] {
  if (proof === undefined) return [];
  const form = proof.redacted ? 'redacted' : 'signature';
  return [{ type: 'thinking', text: '', [form]: proof.value }];
}

function readThought(text: string, proof: Proof | undefined, part: JsonObject): Block[] {
  const ext = asExt(otherFields(part, partFields));
  if (proof === undefined) return text === '' ? [] : [{ type: 'thinking', text, ...ext }];
  const form = proof.redacted ? 'redacted' : 'signature';
  return [{ type: 'thinking', text, [form]: proof.value, ...ext }];
}

function readText(text: string, part: JsonObject): Block | undefined {
  const ext = asExt(otherFields(part, partFields));
  return text === '' && ext.ext === undefined ? undefined : { type: 'text', text, ...ext };
}

function readOther(part: JsonObject, path: string, calls: CallBook): Block | undefined {
  if (isObject(part.inlineData)) return readInline(part, message(part.inlineData, `${path}.inlineData`), path);
  if (isObject(part.fileData)) return readFile(part, message(part.fileData, `${path}.fileData`), path);
  if (part.functionResponse !== undefined && part.functionResponse !== null) return readResult(part, path, calls);
  return Object.keys(part).length === 0 ? undefined : { type: 'native', dialect: geminiName, value: part };
}

const callFields: ReadonlySet<string> = new Set(['id', 'name', 'args']);

function readCall(part: JsonObject, path: string, calls: CallBook): Block {
  const call = message(part.functionCall, `${path}.functionCall`);
  const name = optional(call.name, `${path}.functionCall.name`, string);
  if (name === undefined || name === '') throw wrongField(`${path}.functionCall.name`, 'name cannot be empty');
  const id = optional(call.id, `${path}.functionCall.id`, string);
  const args = optional(call.args, `${path}.functionCall.args`, object) ?? {};
  const rest = otherFields(call, callFields);
  return {
    type: 'tool_call',
    id: calls.called(id === '' ? undefined : id, name, path),
    name,
    json: JSON.stringify(args),
    ...asExt({ ...otherFields(part, partFields), ...(rest !== undefined && { functionCall: rest }) }),
  };
}

const responseFields: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts']);

function readResult(part: JsonObject, path: string, calls: CallBook): Block {
  const at = `${path}.functionResponse`;
  const result = message(part.functionResponse, at);
  const name = optional(result.name, `${at}.name`, string) ?? '';
  const given = optional(result.id, `${at}.id`, string);
  const { id, known } = calls.answered(given === '' ? undefined : given, name, path);
  const said = readResponse(optional(result.response, `${at}.response`, object) ?? {});
  const files = optional(result.parts, `${at}.parts`, (value, where) => list(value, where, message)) ?? [];
  const rest = { ...otherFields(result, responseFields), ...(!known && name !== '' && { name }) };
  return {
    type: 'tool_result',
    id,
    content: [
      ...(said.text === '' ? [] : [{ type: 'text' as const, text: said.text }]),
      ...files.flatMap((file, i) => readPart(file, `${at}.parts[${i}]`, calls)),
    ],
    ...(said.isError && { isError: true }),
    ...asExt({
      ...otherFields(part, partFields),
      ...(Object.keys(rest).length > 0 && { functionResponse: rest }),
    }),
  };
}

/** Keys under which a result stands by convention; any other object is the result itself. */
const resultKeys: ReadonlySet<string> = new Set(['output', 'result', 'error']);

function readResponse(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const [key, ...others] = Object.keys(response);
  if (key === undefined) return { text: '', isError: false };
  const isKey = others.length === 0 && resultKeys.has(key);
  const value = isKey ? response[key] : response;
  return { text: stringIn(value) ?? JSON.stringify(value), isError: isKey && key === 'error' };
}

const inlineFields: ReadonlySet<string> = new Set(['mimeType', 'data', 'displayName']);

function readInline(part: JsonObject, inline: JsonObject, path: string): Block {
  const mediaType = optional(inline.mimeType, `${path}.inlineData.mimeType`, string) ?? '';
  const data = optional(inline.data, `${path}.inlineData.data`, string);
  if (data === undefined) throw wrongField(`${path}.inlineData.data`, 'data must be set');
  const title = stringIn(inline.displayName);
  const rest = otherFields(inline, inlineFields);
  const ext = { ...otherFields(part, partFields), ...(rest !== undefined && { inlineData: rest }) };
  return mediaBlock({ type: 'base64', mediaType, data }, mediaType, title, ext);
}

const fileFields: ReadonlySet<string> = new Set(['fileUri', 'mimeType', 'displayName']);
/** Files that lie with Google: uploaded ones, and those in a bucket. */
const ownFile = /^gs:\/\/|^(?:https:\/\/[\w-]*generativelanguage\.googleapis\.com\/\w+\/)?files\/[\w-]+$/;
const film = /^https?:\/\/(?:www\.|m\.)?(?:youtube\.com\/|youtu\.be\/)/;

function readFile(part: JsonObject, file: JsonObject, path: string): Block {
  const uri = optional(file.fileUri, `${path}.fileData.fileUri`, string);
  if (uri === undefined) throw wrongField(`${path}.fileData.fileUri`, 'fileUri must be set');
  const mimeType = optional(file.mimeType, `${path}.fileData.mimeType`, string);
  const title = stringIn(file.displayName);
  const isOwn = ownFile.test(uri);
  const rest = {
    ...otherFields(file, fileFields),
    // A file's id tells no type.
    ...(isOwn && mimeType !== undefined && { mimeType }),
  };
  const source: Source = isOwn
    ? { type: 'file', id: uri, owner: geminiName }
    : { type: 'url', url: uri, ...(mimeType !== undefined && { mediaType: mimeType }) };
  const guessed = film.test(uri) ? 'video/mp4' : mediaTypeOfName(uri);
  const ext = { ...otherFields(part, partFields), ...(Object.keys(rest).length > 0 && { fileData: rest }) };
  return mediaBlock(source, mimeType ?? guessed ?? '', title, ext);
}

const kinds = ['image', 'audio', 'video'] as const;

/** Pictures, sound and films are what they are; everything else is a document. */
function mediaBlock(source: Source, mediaType: string, title: string | undefined, more: JsonObject): Block {
  const kind = kinds.find((one) => mediaType.startsWith(`${one}/`));
  if (kind === undefined) return { type: 'document', source, ...(title !== undefined && { title }), ...asExt(more) };
  return { type: kind, source, ...asExt({ ...more, ...(title !== undefined && { displayName: title }) }) };
}

/** The objects of an answer's or request's `parts`. */
export function partsOf(content: unknown): JsonObject[] {
  return isObject(content) ? objectsIn(content.parts) : [];
}
