import type { Made } from './made.ts';

const language = 'bedrock-converse';
const metadata = {
  usage: { inputTokens: 20, outputTokens: 30, totalTokens: 150, cacheReadInputTokens: 80, cacheWriteInputTokens: 20 },
  metrics: { latencyMs: 800 },
};
const grown = (contentBlockIndex: number, delta: object): { contentBlockDelta: object } => ({
  contentBlockDelta: { contentBlockIndex, delta },
});
const closed = (contentBlockIndex: number): { contentBlockStop: object } => ({
  contentBlockStop: { contentBlockIndex },
});
const begun = (contentBlockIndex: number, toolUseId: string, name: string): { contentBlockStart: object } => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId, name } } },
});

export const bedrockConverse: readonly Made[] = [
  {
    name: 'bedrock-converse/reasoned-calls',
    language,
    events: [
      { messageStart: { role: 'assistant', p: 'abcd' } },
      grown(0, { reasoningContent: { text: 'I look' } }),
      grown(0, { reasoningContent: { text: ' twice.' } }),
      grown(0, { reasoningContent: { signature: 'EpSigned==' } }),
      closed(0),
      grown(1, { reasoningContent: { redactedContent: 'c2VjcmV0' } }),
      closed(1),
      grown(2, { text: 'Looking.' }),
      closed(2),
      begun(3, 'tooluse_a', 'look'),
      grown(3, { toolUse: { input: '{"what":' } }),
      grown(3, { toolUse: { input: '"sky"}' } }),
      closed(3),
      begun(4, 'tooluse_b', 'look'),
      grown(4, { toolUse: { input: '' } }),
      closed(4),
      { messageStop: { stopReason: 'tool_use' } },
      { metadata },
    ],
  },
  {
    name: 'bedrock-converse/citations',
    language,
    body: {
      output: {
        message: {
          role: 'assistant',
          content: [
            { text: 'Known: ' },
            {
              citationsContent: {
                content: [{ text: 'the sky is blue' }],
                citations: [
                  {
                    title: 'Sky',
                    sourceContent: [{ text: 'The sky is blue.' }],
                    location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
                  },
                  { title: 'Web', location: { web: { url: 'https://sky.example/', domain: 'sky.example' } } },
                ],
              },
            },
            { text: '.' },
          ],
        },
      },
      stopReason: 'end_turn',
      usage: metadata.usage,
      metrics: metadata.metrics,
    },
  },
  {
    name: 'bedrock-converse/citations-streamed',
    language,
    events: [
      { messageStart: { role: 'assistant' } },
      grown(0, { text: 'Known: ' }),
      closed(0),
      grown(1, { text: 'the sky is blue' }),
      grown(1, {
        citation: { title: 'Web', location: { web: { url: 'https://sky.example/', domain: 'sky.example' } } },
      }),
      closed(1),
      { messageStop: { stopReason: 'max_tokens' } },
      { metadata },
    ],
  },
  {
    name: 'bedrock-converse/guardrail',
    language,
    events: [
      { messageStart: { role: 'assistant' } },
      grown(0, { text: 'Sorry, the model cannot answer this question.' }),
      closed(0),
      { messageStop: { stopReason: 'guardrail_intervened' } },
      { metadata: { ...metadata, trace: { guardrail: { inputAssessment: {} } } } },
    ],
  },
  {
    name: 'bedrock-converse/stop-sequence',
    language,
    body: {
      output: { message: { role: 'assistant', content: [{ text: 'a, b' }] } },
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { stop_sequence: ';' },
      usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 },
      metrics: { latencyMs: 3 },
    },
  },
];
