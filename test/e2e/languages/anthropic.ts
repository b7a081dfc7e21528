import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import type { Grammar } from '../language.ts';

/** Anthropic's Messages. */
export const anthropic: Grammar = {
  base: '',
  model: 'vendor/big-one',
  remembers: {},
  thoughtsReturn: 'told',
  busy: { kind: 'status', status: 529, type: 'overloaded_error', message: 'Overloaded' },
  tooLong: { kind: 'status', status: 400, message: 'prompt is too long: 9000 tokens > 8192 maximum' },
  tellsLength: true,
  refuses: true,
  textsApart: true,
  countsCacheWrites: true,
  takes: { pictures: true, documents: true },
  manners: {
    'input in the start': { anthropic: { inputInStart: true } },
    'text in the start': { anthropic: { textInStart: true } },
    'start twice': { anthropic: { duplicateStart: true } },
    'first index 1': { anthropic: { firstIndex: 1 } },
    'pings everywhere': { anthropic: { ping: 'every' } },
    'no usage': { anthropic: { startUsage: 'none', deltaUsage: 'none' } },
    'unknown event': { anthropic: { unknownEvent: true } },
    'no event lines': { anthropic: { eventLines: false } },
    'DONE at the end': { anthropic: { done: true } },
    'CRLF, no space': { newline: 'crlf', space: false },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  preamble: ({ tools, system }) => [tools, textsOf(system)],
  pieces: ({ messages }) => objectsIn(messages).map((message) => ({ ...message, content: blocksIn(message) })),
  speaker: ({ role }) => {
    if (role === 'assistant') return 'model';
    return role === 'system' ? 'system' : 'user';
  },
  tools: ({ tools }) => objectsIn(tools).map(({ name }) => textIn(name)),
  calls: (message) => members(message, 'tool_use', 'id'),
  results: (message) => members(message, 'tool_result', 'tool_use_id'),
  thoughts: (message) => members(message, 'thinking', 'thinking'),
  highEffort: 'high',
  effort: (body) => objectIn(body['output_config'])['effort'],
  most: (body) => body['max_tokens'],
};

/** Claude Code writes one and the same message now as blocks, now as a text; marks are left out. */
function blocksIn({ content }: Json): readonly Json[] {
  return (typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)).map(unmarked);
}

function textsOf(system: unknown): unknown {
  return typeof system === 'string' ? [{ type: 'text', text: system }] : objectsIn(system).map(unmarked);
}

function unmarked({ cache_control: _, ...block }: Json): Json {
  return block;
}

function members(message: Json, type: string, name: string): readonly string[] {
  return blocksIn(message)
    .filter((block) => block['type'] === type)
    .map((block) => textIn(block[name]));
}
