import { isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { refuse, refuseField } from './refusal.ts';
import { contentsOf, isOld, partsOf } from './request.ts';
import { judge } from './signature.ts';

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
];
const MEDIA =
  /^(?:image\/(?:png|jpeg|webp|heic|heif)|(?:audio|video|text)\/[\w.+-]+|application\/(?:pdf|json|xml|rtf|x-javascript|x-python-code))$/;
const MORE = 'Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.';
const LEARN = 'Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini';

/** Refuses turns whose form, order or signatures the service refuses. */
export function checkContents(request: JsonObject, model: string, vertex: boolean): void {
  const contents = contentsOf(request);
  if (contents.length === 0) refuseField('contents', 'contents is not specified');
  for (const [index, content] of contents.entries()) {
    const role = textOf(content.role);
    if (role !== '' && role !== 'user' && role !== 'model') refuse('Please use a valid role: user, model.');
    checkParts(content, `contents[${index}]`);
  }
  for (const part of partsOf(request.systemInstruction)) {
    if (typeof part.text !== 'string') refuseField('system_instruction.parts[0].data', ONE_FIELD);
  }
  const turns = mergedModels(contents);
  checkOrder(turns);
  checkSignatures(turns, model, vertex);
}

const ONE_FIELD = "required oneof field 'data' must have one initialized field";

function checkParts(content: JsonObject, place: string): void {
  const parts = partsOf(content);
  if (parts.length === 0) refuseField(`${place}.parts`, 'contents.parts must not be empty.');
  for (const [index, part] of parts.entries()) {
    const at = `${place}.parts[${index}]`;
    const data = DATA.filter((name) => part[name] !== undefined && part[name] !== null);
    // The model may say nothing: that is how its streams end.
    const isEmpty = data.length === 0 || (part.text === '' && content.role !== 'model');
    if (isEmpty) refuseField(`${at}.data`, ONE_FIELD);
    if (data.length > 1) {
      refuse(`Invalid value at '${at}' (oneof), oneof field 'data' is already set. Cannot set '${data[1] ?? ''}'`);
    }
    checkData(part, at);
  }
}

function checkData(part: JsonObject, at: string): void {
  for (const name of ['inlineData', 'fileData']) {
    const media = part[name] as JsonObject | undefined;
    if (media === undefined || media === null) continue;
    const type = textOf(media.mimeType);
    if (type !== '' && !MEDIA.test(type)) refuse(`Unsupported MIME type: ${type}`);
    if (name === 'inlineData' && type === '')
      refuseField(`${at}.inline_data.mime_type`, 'mime_type must not be empty.');
    if (name === 'inlineData' && textOf(media.data) === '') refuseField(`${at}.inline_data.data`, 'must not be empty.');
  }
  for (const [name, field] of [
    ['functionCall', 'function_call'],
    ['functionResponse', 'function_response'],
  ] as const) {
    const call = part[name] as JsonObject | undefined;
    if (call === undefined || call === null) continue;
    if (textOf(call.name) === '') refuseField(`${at}.${field}.name`, 'Name cannot be empty.');
    if (name === 'functionResponse' && (call.response === undefined || call.response === null)) {
      refuseField(`${at}.${field}.response`, 'response must not be empty.');
    }
  }
}

function withMember(turn: Merged | undefined, name: string): JsonObject[] {
  return (turn?.parts ?? []).map((part) => part[name]).filter(isObject);
}

/** A turn with the number of its first content. */
interface Merged {
  readonly role: string;
  readonly index: number;
  readonly parts: readonly JsonObject[];
}

/** What the model said in a stream may come back piece by piece: it is one turn all the same. */
function mergedModels(contents: readonly JsonObject[]): Merged[] {
  const turns: Merged[] = [];
  for (const [index, content] of contents.entries()) {
    const role = content.role === 'model' ? 'model' : 'user';
    const last = turns.at(-1);
    const parts = partsOf(content);
    if (role === 'model' && last?.role === 'model') {
      turns[turns.length - 1] = { ...last, parts: [...last.parts, ...parts] };
    } else turns.push({ role, index, parts });
  }
  return turns;
}

/** Calls follow a turn of the user; their responses follow at once, as many as there are calls. */
function checkOrder(turns: readonly Merged[]): void {
  for (const [index, turn] of turns.entries()) {
    const before = turns[index - 1];
    const calls = withMember(turn, 'functionCall');
    if (calls.length > 0) {
      if (turn.role !== 'model' || before === undefined) {
        refuse(
          'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
        );
      }
      checkAnswered(calls, withMember(turns[index + 1], 'functionResponse'));
    }
    const responses = withMember(turn, 'functionResponse');
    if (responses.length > 0 && withMember(before, 'functionCall').length === 0) {
      refuse('Please ensure that function response turn comes immediately after a function call turn.');
    }
  }
}

function checkAnswered(calls: readonly JsonObject[], responses: readonly JsonObject[]): void {
  if (calls.length !== responses.length) {
    refuse(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the ' +
        'function call turn.',
    );
  }
  const open = calls.map(({ id, name }) => ({ id: textOf(id), name: textOf(name) }));
  for (const response of responses) {
    const id = textOf(response.id);
    const found = open.findIndex(
      (call) => call.name === response.name && (id === '' || call.id === '' || call.id === id),
    );
    if (found < 0) {
      refuse(
        'Please ensure that function response parts answer the function call parts of the function call turn: ' +
          `there is no call of ${textOf(response.name)}${id === '' ? '' : ` with the id ${id}`}.`,
      );
    }
    open.splice(found, 1);
  }
}

/** What was signed since the user last spoke must come back with its signature; earlier turns are let be. */
function checkSignatures(turns: readonly Merged[], model: string, vertex: boolean): void {
  const spoke = turns.findLastIndex(
    (turn) => turn.role === 'user' && withMember(turn, 'functionResponse').length === 0,
  );
  for (const { role, index, parts } of turns.slice(spoke + 1)) {
    if (role !== 'model') continue;
    const first = parts.find((part) => isObject(part.functionCall));
    if (first !== undefined && textOf(first.thoughtSignature) === '' && !isOld(model)) refuseUnsigned(first, index);
    for (const part of parts) checkSignature(part, vertex);
  }
}

function refuseUnsigned(part: JsonObject, index: number): never {
  return refuse(
    'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, ' +
      'and missing thought_signature may lead to degraded model performance. Additional data, function call ' +
      `\`default_api:${textOf(objectOf(part.functionCall).name)}\` , position ${index + 1}. ${MORE}`,
  );
}

function checkSignature(part: JsonObject, vertex: boolean): void {
  const signature = textOf(part.thoughtSignature);
  if (signature === '') return;
  const { name, args = {} } = objectOf(part.functionCall);
  const verdict = judge(signature, isObject(part.functionCall) ? { name: textOf(name), args } : undefined);
  if (verdict === 'good') return;
  if (vertex) refuse(`Unable to submit request because Thought signature is not valid.. ${LEARN}`);
  refuse(verdict === 'corrupted' ? 'Corrupted thought signature.' : 'Thought signature is not valid.');
}
