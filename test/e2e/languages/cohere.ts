import { objectIn, objectsIn, textIn } from '../json.ts';
import type { Grammar } from '../language.ts';

/** Cohere's Chat, version 2. */
export const cohere: Grammar = {
  base: '',
  model: 'command-a-reasoning-08-2025',
  remembers: {},
  thoughtsReturn: 'told',
  busy: { kind: 'status', status: 503, message: 'service unavailable' },
  tooLong: {
    kind: 'status',
    status: 400,
    message:
      'too many tokens: size limit exceeded by 808 tokens. Try using shorter or fewer inputs, or setting ' +
      "prompt_truncation='AUTO'.",
  },
  tellsLength: false,
  refuses: false,
  textsApart: true,
  countsCacheWrites: false,
  takes: { pictures: true, documents: false },
  manners: {
    'CRLF, no space': { newline: 'crlf', space: false },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  preamble: ({ tools }) => [tools],
  pieces: ({ messages }) => objectsIn(messages),
  speaker: ({ role }) => {
    if (role === 'assistant') return 'model';
    return role === 'system' ? 'system' : 'user';
  },
  tools: ({ tools }) => objectsIn(tools).map((tool) => textIn(objectIn(tool['function'])['name'])),
  calls: (message) => objectsIn(message['tool_calls']).map(({ id }) => textIn(id)),
  results: ({ role, tool_call_id: id }) => (role === 'tool' ? [textIn(id)] : []),
  thoughts: ({ content, tool_plan: plan }) => [
    ...objectsIn(content)
      .filter(({ type }) => type === 'thinking')
      .map(({ thinking }) => textIn(thinking)),
    // Of models that are not asked to think, thinking is the plan for the calls.
    ...textIn(plan)
      .split('\n\n')
      .filter((text) => text !== ''),
  ],
  highEffort: 'enabled',
  effort: (body) => objectIn(body['thinking'])['type'],
  most: (body) => body['max_tokens'],
};
