import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import type { Grammar } from '../language.ts';

/** Amazon Bedrock's Converse, with a model of Anthropic's behind it. */
export const bedrockConverse: Grammar = {
  base: '',
  model: 'us.anthropic.claude-opus-5-5',
  remembers: {},
  thoughtsReturn: 'told',
  busy: { kind: 'status', status: 503, message: 'Bedrock is unable to process your request.' },
  tooLong: { kind: 'overflow' },
  tellsLength: false,
  refuses: true,
  textsApart: true,
  countsCacheWrites: true,
  takes: { pictures: true, documents: true },
  manners: {
    'no starts of the answer': { bedrock: { omit: ['messageStart'] } },
    'usage before the end': { bedrock: { metadataFirst: true } },
    'starts of texts': { bedrock: { textStart: true } },
    'no padding': { bedrock: { padding: false } },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  preamble: ({ toolConfig, system }) => [unmarked(objectIn(toolConfig)['tools']), unmarked(system)],
  pieces: ({ messages }) =>
    objectsIn(messages).map((message) => ({ ...message, content: unmarked(message['content']) })),
  speaker: ({ role }) => {
    if (role === 'assistant') return 'model';
    return role === 'system' ? 'system' : 'user';
  },
  tools: ({ toolConfig }) =>
    unmarked(objectIn(toolConfig)['tools']).map(({ toolSpec }) => textIn(objectIn(toolSpec)['name'])),
  calls: (message) => members(message, 'toolUse').map(({ toolUseId }) => textIn(toolUseId)),
  results: (message) => members(message, 'toolResult').map(({ toolUseId }) => textIn(toolUseId)),
  thoughts: (message) =>
    members(message, 'reasoningContent').map(({ reasoningText }) => textIn(objectIn(reasoningText)['text'])),
  highEffort: 'high',
  effort: (body) => objectIn(body['outputConfig'])['effort'],
  most: (body) => objectIn(body['inferenceConfig'])['maxTokens'],
};

function unmarked(blocks: unknown): readonly Json[] {
  return objectsIn(blocks).filter(({ cachePoint }) => cachePoint === undefined);
}

function members({ content }: Json, name: string): readonly Json[] {
  return objectsIn(content)
    .filter((block) => block[name] !== undefined)
    .map((block) => objectIn(block[name]));
}
