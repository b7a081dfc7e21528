import type { Made } from './made.ts';

const language = 'gemini';
const head = { modelVersion: 'gemini-3-pro', responseId: 'resp-1' };
const said = (text: string, more: object = {}): object => ({
  content: { role: 'model', parts: [{ text }] },
  index: 0,
  ...more,
});
const proof = 'Q2hlY2tlZCBhbmQgc2lnbmVk';

const grounding = {
  webSearchQueries: ['wer gewann 2024'],
  searchEntryPoint: { renderedContent: '<div></div>' },
  groundingChunks: [
    { web: { uri: 'https://one.example/a', title: 'one.example' } },
    { web: { uri: 'https://two.example/b', title: 'two.example' } },
  ],
  groundingSupports: [
    {
      // "Köln gewann 2024 💙." is 23 bytes long and 20 units.
      segment: { endIndex: 23, text: 'Köln gewann 2024 💙.' },
      groundingChunkIndices: [0],
      confidenceScores: [0.9],
    },
    {
      segment: { startIndex: 24, endIndex: 41, text: 'Es war knapp, 3:2' },
      groundingChunkIndices: [0, 1],
    },
  ],
};

export const gemini: readonly Made[] = [
  {
    name: 'gemini/search',
    language,
    events: [
      { candidates: [said('Köln gewann ')], usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 }, ...head },
      { candidates: [said('2024 💙. Es war knapp, 3:2')], ...head },
      {
        candidates: [said(' nach 90 Minuten.', { finishReason: 'STOP', groundingMetadata: grounding })],
        usageMetadata: {
          promptTokenCount: 9,
          candidatesTokenCount: 20,
          toolUsePromptTokenCount: 100,
          thoughtsTokenCount: 30,
          totalTokenCount: 159,
        },
        ...head,
      },
    ],
  },
  {
    name: 'gemini/search-whole',
    language,
    body: {
      candidates: [
        said('Köln gewann 2024 💙. Es war knapp, 3:2 nach 90 Minuten.', {
          finishReason: 'STOP',
          groundingMetadata: grounding,
        }),
      ],
      usageMetadata: {
        promptTokenCount: 509,
        cachedContentTokenCount: 500,
        candidatesTokenCount: 20,
        totalTokenCount: 529,
      },
      ...head,
    },
  },
  {
    name: 'gemini/code',
    language,
    body: {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text: 'I compute. ' },
              { executableCode: { language: 'PYTHON', code: 'print(6*7)' } },
              { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '42\n' } },
              { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
              { text: 'It is 42.' },
            ],
          },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 40, totalTokenCount: 45 },
      ...head,
    },
  },
  {
    name: 'gemini/thoughts-and-parallel-calls',
    language,
    events: [
      { candidates: [{ content: { role: 'model', parts: [{ text: '**Plan**\nlook', thought: true }] } }], ...head },
      { candidates: [{ content: { role: 'model', parts: [{ text: ' twice', thought: true }] } }], ...head },
      {
        candidates: [
          {
            content: {
              role: 'model',
              parts: [
                { functionCall: { id: 'a1', name: 'look', args: { what: 'sky' } }, thoughtSignature: proof },
                { functionCall: { id: 'a2', name: 'look', args: {} } },
                { functionCall: { id: 'a3', name: 'list' } },
              ],
            },
          },
        ],
        ...head,
      },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP' }],
        usageMetadata: {
          promptTokenCount: 50,
          candidatesTokenCount: 12,
          thoughtsTokenCount: 80,
          totalTokenCount: 142,
        },
        ...head,
      },
    ],
  },
  {
    name: 'gemini/proof-on-text',
    language,
    events: [
      { candidates: [said('Hello')], ...head },
      { candidates: [said(' there')], ...head },
      {
        candidates: [
          {
            content: { role: 'model', parts: [{ text: '', thoughtSignature: proof }] },
            finishReason: 'MAX_TOKENS',
          },
        ],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 7, totalTokenCount: 12 },
        ...head,
      },
    ],
  },
  {
    name: 'gemini/blocked-prompt',
    language,
    body: {
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
      ...head,
    },
  },
  {
    name: 'gemini/blocked-answer',
    language,
    events: [
      { candidates: [said('Well, ')], usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 }, ...head },
      {
        candidates: [
          { finishReason: 'SAFETY', index: 0, safetyRatings: [{ category: 'X', probability: 'HIGH', blocked: true }] },
        ],
        usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 2, totalTokenCount: 9 },
        ...head,
      },
    ],
  },
  {
    name: 'gemini/recited',
    language,
    body: {
      candidates: [
        said('Some verse.', {
          finishReason: 'STOP',
          citationMetadata: {
            citationSources: [{ startIndex: 0, endIndex: 10, uri: 'https://verse.example/1', license: '' }],
          },
          avgLogprobs: -0.1,
        }),
      ],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5, trafficType: 'ON_DEMAND' },
      modelVersion: 'gemini-2.5-flash',
    },
  },
  {
    name: 'gemini/picture',
    language,
    events: [
      { candidates: [said('Here: ')], ...head },
      {
        candidates: [
          {
            content: {
              role: 'model',
              parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' }, thoughtSignature: proof }],
            },
            finishReason: 'STOP',
          },
        ],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1290, totalTokenCount: 1293 },
        ...head,
      },
    ],
  },
];
