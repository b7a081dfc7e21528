import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import type { Grammar } from '../language.ts';

/** Google's generateContent. */
export const gemini: Grammar = {
  base: '',
  model: 'gemini-3.5-pro',
  remembers: {},
  thoughtsReturn: 'proven',
  busy: { kind: 'status', status: 503, message: 'The model is overloaded. Please try again later.' },
  tooLong: {
    kind: 'status',
    status: 400,
    message: 'The input token count (9000) exceeds the maximum number of tokens allowed (8192).',
  },
  tellsLength: true,
  refuses: true,
  textsApart: false,
  countsCacheWrites: false,
  takes: { pictures: true, documents: true },
  manners: {
    'thoughts in any case': { gemini: { thoughts: 'always' } },
    'usage in the last': { gemini: { usage: 'last' } },
    'ids of calls': { gemini: { ids: true } },
    'arguments in pieces': { gemini: { partialArgs: true } },
    'all calls at once': { gemini: { callsTogether: true } },
    'CRLF, no space': { newline: 'crlf', space: false },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  preamble: ({ tools, toolConfig, systemInstruction }) => [tools, toolConfig, systemInstruction],
  pieces: ({ contents }) => objectsIn(contents),
  speaker: ({ role }) => (role === 'model' ? 'model' : 'user'),
  tools: ({ tools }) =>
    objectsIn(tools)
      .flatMap(({ functionDeclarations }) => objectsIn(functionDeclarations))
      .map(({ name }) => textIn(name)),
  calls: (content) => members(content, 'functionCall'),
  results: (content) => members(content, 'functionResponse'),
  thoughts: ({ parts }) =>
    objectsIn(parts)
      .map(({ thoughtSignature }) => textIn(thoughtSignature))
      .filter((proof) => proof !== ''),
  highEffort: 'high',
  effort: (body) => objectIn(objectIn(body['generationConfig'])['thinkingConfig'])['thinkingLevel'],
  most: (body) => objectIn(body['generationConfig'])['maxOutputTokens'],
};

/** Calls need no id there; those without are told apart by their names. */
function members({ parts }: Json, name: string): readonly string[] {
  return objectsIn(parts)
    .filter((part) => part[name] !== undefined)
    .map((part) => objectIn(part[name]))
    .map((member) => textIn(member['id'] ?? member['name']));
}
