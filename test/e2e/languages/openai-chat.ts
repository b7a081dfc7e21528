import { objectIn, objectsIn, textIn } from '../json.ts';
import type { Grammar } from '../language.ts';

/** OpenAI's Chat Completions. */
export const openaiChat: Grammar = {
  base: '/v1',
  model: 'vendor/big-one',
  remembers: { quirks: { reasoning: 'reasoning_content' } },
  thoughtsReturn: 'told',
  busy: { kind: 'status', status: 503, message: 'The engine is currently overloaded, please try again later' },
  tooLong: {
    kind: 'status',
    status: 400,
    code: 'context_length_exceeded',
    param: 'messages',
    message:
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce " +
      'the length of the messages.',
  },
  tellsLength: true,
  refuses: true,
  textsApart: false,
  countsCacheWrites: true,
  takes: { pictures: true, documents: true },
  manners: {
    'whole calls': { chat: { calls: 'whole' }, stop: 'stop' },
    'id in every chunk': { chat: { ids: 'every' } },
    'empty ids': { chat: { ids: 'empty' } },
    'no index': { chat: { callIndex: 'none', calls: 'whole' }, stop: 'stop' },
    'first index 1': { chat: { callIndex: 1 } },
    'arguments as object': { chat: { arguments: 'object' } },
    'no DONE': { chat: { done: false }, stop: 'stop' },
    'usage in every chunk': { chat: { usage: 'every' } },
    'usage in the finish': { chat: { usage: 'finish' } },
    'finish with the last': { chat: { finishWithLast: true }, stop: 'stop' },
    'role in every chunk': { chat: { role: 'every', comments: true } },
    'no role': { chat: { role: 'none' } },
    'CRLF, no space': { newline: 'crlf', space: false, stop: 'stop' },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  preamble: ({ tools }) => [tools],
  pieces: ({ messages }) => objectsIn(messages),
  speaker: ({ role }) => {
    if (role === 'assistant') return 'model';
    return role === 'system' || role === 'developer' ? 'system' : 'user';
  },
  tools: ({ tools }) => objectsIn(tools).map((tool) => textIn(objectIn(tool['function'])['name'])),
  calls: (message) => objectsIn(message['tool_calls']).map(({ id }) => textIn(id)),
  results: ({ role, tool_call_id: id }) => (role === 'tool' ? [textIn(id)] : []),
  thoughts: ({ reasoning_content: thought }) => (typeof thought === 'string' ? [thought] : []),
  highEffort: 'high',
  effort: (body) => body['reasoning_effort'],
  most: (body) => body['max_completion_tokens'] ?? body['max_tokens'],
};
