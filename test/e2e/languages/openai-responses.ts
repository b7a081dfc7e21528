import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import type { Grammar } from '../language.ts';

const callTypes = ['function_call', 'custom_tool_call'];
const modelTypes = ['reasoning', ...callTypes];

/** OpenAI's Responses. */
export const openaiResponses: Grammar = {
  base: '/v1',
  model: 'vendor/big-one',
  remembers: {},
  thoughtsReturn: 'proven',
  busy: { kind: 'status', status: 503, message: 'The engine is currently overloaded, please try again later' },
  tooLong: { kind: 'overflow', window: 8192 },
  tellsLength: false,
  refuses: true,
  textsApart: true,
  countsCacheWrites: true,
  takes: { pictures: true, documents: true },
  manners: {
    'thinking as text': { responses: { reasoning: 'text' } },
    'thinking in parts': { responses: { reasoning: 'summary', summaryParts: true } },
    'no event lines': { responses: { eventLines: false } },
    'no numbers': { responses: { numbered: false } },
    'no ends of texts': { responses: { omit: ['response.output_text.done', 'response.content_part.done'] } },
    'no ends of arguments': { responses: { omit: ['response.function_call_arguments.done'] } },
    'other ids in every event': { responses: { rotatingIds: true } },
    'calls in turn': { responses: { interleaved: true } },
    'DONE at the end': { responses: { done: true } },
    'CRLF, no space': { newline: 'crlf', space: false },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  preamble: ({ tools, instructions }) => [tools, instructions],
  pieces: ({ input }) => objectsIn(input),
  speaker: ({ type, role }) => {
    if (role === 'assistant' || modelTypes.includes(textIn(type))) return 'model';
    return role === 'system' || role === 'developer' ? 'system' : 'user';
  },
  tools: ({ tools }) => objectsIn(tools).map(({ name, type }) => textIn(name ?? type)),
  calls: (item) => idOf(item, callTypes),
  results: (item) =>
    idOf(
      item,
      callTypes.map((type) => `${type}_output`),
    ),
  goesOn: ({ previous_response_id: id }) => textIn(id) !== '',
  thoughts: ({ type, encrypted_content: proof }) => (type === 'reasoning' ? [textIn(proof)] : []),
  highEffort: 'high',
  effort: (body) => objectIn(body['reasoning'])['effort'],
  most: (body) => body['max_output_tokens'],
};

function idOf({ type, call_id: id }: Json, types: readonly string[]): readonly string[] {
  return types.includes(textIn(type)) ? [textIn(id)] : [];
}
