import { bedrockLocation } from '../aws/location.ts';
import { vertexLocation } from '../google/location.ts';
import { addressVariables, type Kind } from '../kind.ts';
import { languages } from '../language.ts';
import { type Operation, type OperationRule, storing } from '../operation.ts';
import { bedrockWrapping, vertexWrapping } from '../wrapping.ts';
import { gptQuirks } from './gpt.ts';
import { unprovenCall } from './makers.ts';
import { anthropicNames, bedrockNames, vertexNames } from './rename.ts';

const vertexPublishers = '/v1/projects/{project}/locations/{location}/publishers';
const bedrockModel = '/model/{model}';
const claude = '*claude*';
const azureDeployed: readonly Operation[] = [
  'embeddings',
  'images.generations',
  'images.edits',
  'audio.speech',
  'audio.transcriptions',
  'audio.translations',
  'completions',
];
/** Google's older models for embeddings, which are called as other models of machine learning are. */
const vertexPredicted = 'gemini-embedding-001|text-embedding-*|text-multilingual-embedding-*|textembedding-*';

/** The big clouds: many makers' models, a language for each sort of them, and identities of their own. */
export const clouds: readonly Kind[] = [
  {
    kind: 'azure',
    title: 'Azure AI Foundry',
    speaks: 'openai-responses',
    // Claude is at the one domain only, and resources of the older sort at the other.
    baseUrls: {
      'openai-responses': 'https://{account}.openai.azure.com',
      'openai-chat': 'https://{account}.openai.azure.com',
      anthropic: 'https://{account}.services.ai.azure.com',
    },
    superfluous: /\/(openai(\/v1)?|anthropic(\/v1)?)$/,
    operations: [
      {
        does: azureDeployed,
        speaks: 'openai-chat',
        needs: 'api_version',
        path: '/openai/deployments/{model}/{operation}?api-version={api_version}',
      },
      {
        does: storing,
        speaks: 'openai-chat',
        needs: 'api_version',
        path: '/openai/{operation}?api-version={api_version}',
      },
      { speaks: 'openai-chat', without: 'api_version', path: '/openai/v1/{operation}' },
    ],
    offers: [...azureDeployed, ...storing],
    routes: [
      { match: claude, speaks: 'anthropic', paths: ['/anthropic/v1/messages'] },
      {
        match: '*',
        speaks: 'openai-chat',
        needs: 'api_version',
        paths: ['/openai/deployments/{model}/chat/completions?api-version={api_version}'],
      },
      {
        match: '*',
        speaks: 'openai-responses',
        needs: 'api_version',
        paths: [{ call: '/openai/responses?api-version={api_version}' }],
      },
      { match: '*', speaks: 'openai-responses', without: 'api_version', paths: ['/openai/v1/responses'] },
      { match: '*', speaks: 'openai-chat', without: 'api_version', paths: ['/openai/v1/chat/completions'] },
    ],
    // Anthropic's own client for it shows the one header, everybody else the other.
    keyHeader: ['api-key', 'x-api-key'],
    needsKey: true,
    variables: {
      account: ['AZURE_RESOURCE_NAME', 'ANTHROPIC_FOUNDRY_RESOURCE'],
      base_url: ['AZURE_OPENAI_ENDPOINT', 'AZURE_API_BASE'],
      api_key: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY', 'ANTHROPIC_FOUNDRY_API_KEY'],
      tenant_id: ['AZURE_TENANT_ID'],
      client_id: ['AZURE_CLIENT_ID'],
      client_secret: ['AZURE_CLIENT_SECRET'],
      api_version: ['AZURE_API_VERSION', 'AZURE_OPENAI_API_VERSION'],
    },
    enough: [
      ['account', 'api_key'],
      ['base_url', 'api_key'],
      ['account', 'tenant_id', 'client_id', 'client_secret'],
      ['base_url', 'tenant_id', 'client_id', 'client_secret'],
    ],
    alternatives: [
      [['account'], ['base_url']],
      [['api_key'], ['tenant_id', 'client_id', 'client_secret']],
    ],
    backends: ['AZURE_OPENAI', 'AZURE_AI_FOUNDRY'],
    models: gptQuirks('*'),
    serves: ['claude', 'gpt'],
    rename: anthropicNames,
    list: '/openai/v1/models',
    token: {
      url: 'https://login.microsoftonline.com/{tenant_id}/oauth2/v2.0/token',
      scope: 'https://cognitiveservices.azure.com/.default',
      secretIn: 'form',
    },
  },
  {
    kind: 'vertex',
    title: 'Google Vertex AI',
    speaks: 'gemini',
    baseUrls: { gemini: '{vertex}', anthropic: '{vertex}', 'openai-chat': '{vertex}' },
    superfluous: /\/v1(beta1)?$/,
    derive: vertexLocation,
    operations: [
      ...vertexEmbeddings(vertexPublishers, { without: 'api_key' }),
      ...vertexEmbeddings('/v1/publishers', { needs: 'api_key' }),
    ],
    offers: ['embeddings'],
    routes: [
      {
        match: claude,
        speaks: 'anthropic',
        wrapping: vertexWrapping,
        needs: 'project',
        only: true,
        paths: [
          {
            call: `${vertexPublishers}/anthropic/models/{model}:rawPredict`,
            stream: `${vertexPublishers}/anthropic/models/{model}:streamRawPredict`,
            count: `${vertexPublishers}/anthropic/models/count-tokens:rawPredict`,
          },
        ],
      },
      // Models of other makers, `meta/llama-...`, have no language but OpenAI's.
      {
        match: '*/*',
        speaks: 'openai-chat',
        without: 'api_key',
        only: true,
        paths: ['/v1/projects/{project}/locations/{location}/endpoints/openapi/chat/completions'],
      },
      {
        match: '*',
        speaks: 'gemini',
        without: 'api_key',
        paths: [
          {
            call: `${vertexPublishers}/google/models/{model}:generateContent`,
            stream: `${vertexPublishers}/google/models/{model}:streamGenerateContent?alt=sse`,
            count: `${vertexPublishers}/google/models/{model}:countTokens`,
          },
        ],
      },
      // "Express mode": a key tells whose project it is.
      {
        match: '*',
        speaks: 'gemini',
        needs: 'api_key',
        paths: [
          {
            call: '/v1/publishers/google/models/{model}:generateContent',
            stream: '/v1/publishers/google/models/{model}:streamGenerateContent?alt=sse',
            count: '/v1/publishers/google/models/{model}:countTokens',
          },
        ],
      },
    ],
    keyHeader: 'x-goog-api-key',
    needsKey: false,
    variables: {
      project: ['GOOGLE_CLOUD_PROJECT', 'ANTHROPIC_VERTEX_PROJECT_ID', 'VERTEXAI_PROJECT'],
      location: ['GOOGLE_CLOUD_LOCATION', 'CLOUD_ML_REGION', 'VERTEXAI_LOCATION'],
      credentials_file: ['GOOGLE_APPLICATION_CREDENTIALS'],
      credentials: ['GOOGLE_APPLICATION_CREDENTIALS_JSON'],
      access_token: ['GOOGLE_OAUTH_ACCESS_TOKEN', 'CLOUDSDK_AUTH_ACCESS_TOKEN'],
      api_key: ['VERTEX_API_KEY'],
      ...addressVariables('vertex'),
    },
    // What is set for Google's cloud in general does not yet say that its models are wanted.
    enough: [],
    alternatives: [[['api_key'], ['access_token'], ['credentials'], ['credentials_file']]],
    backends: ['VERTEX_AI', 'VERTEXAI'],
    identity: 'google',
    quirks: { tool_ids: 'none', count_body: 'bare' },
    models: [
      { match: '*/*', speaks: 'openai-chat', quirks: { max_tokens: 'max_tokens', files: false, mid_system: false } },
      { match: 'google/*', speaks: 'openai-chat', quirks: { reasoning: 'extra_content', call_proof: unprovenCall } },
    ],
    serves: ['gemini', 'claude'],
    rename: vertexNames,
    list: '/v1beta1/publishers/google/models?pageSize=200',
    big: 'gemini-3.1-pro-preview',
    small: 'gemini-3.5-flash',
  },
  {
    kind: 'bedrock',
    offers: ['embeddings'],
    title: 'Amazon Bedrock',
    speaks: 'bedrock-converse',
    baseUrls: {
      'bedrock-converse': 'https://bedrock-runtime.{region}.{aws}',
      anthropic: 'https://bedrock-runtime.{region}.{aws}',
    },
    derive: bedrockLocation,
    routes: [
      // InvokeModel takes all that Claude understands; Converse has words for the most of it.
      {
        match: claude,
        speaks: 'anthropic',
        wrapping: bedrockWrapping,
        paths: [
          {
            call: `${bedrockModel}/invoke`,
            stream: `${bedrockModel}/invoke-with-response-stream`,
            count: `${bedrockModel}/count-tokens`,
          },
        ],
      },
      { match: claude, speaks: 'bedrock-converse', paths: [languages['bedrock-converse']] },
      { match: '*', speaks: 'bedrock-converse', paths: [languages['bedrock-converse']] },
    ],
    keyHeader: 'bearer',
    needsKey: false,
    variables: {
      region: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
      api_key: ['AWS_BEARER_TOKEN_BEDROCK'],
      access_key_id: ['AWS_ACCESS_KEY_ID'],
      secret_access_key: ['AWS_SECRET_ACCESS_KEY'],
      session_token: ['AWS_SESSION_TOKEN'],
      profile: ['AWS_PROFILE'],
      base_url: ['BEDROCK_BASE_URL', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'ANTHROPIC_BEDROCK_BASE_URL'],
    },
    enough: [['region', 'api_key']],
    alternatives: [
      [['api_key'], ['access_key_id', 'secret_access_key', 'session_token'], ['profile'], ['web_identity_token_file']],
      [['api_key'], ['role_arn']],
    ],
    backends: ['AWS_BEDROCK', 'AWS'],
    identity: 'aws',
    serves: ['claude'],
    models: [
      // Most makers' models choose for themselves whether to call a tool.
      {
        match: '*meta.*|*cohere.*|*ai21.*|*deepseek.*|*qwen.*|*writer.*|*mistral.mistral-7b*|*mistral.mixtral*',
        quirks: { forced_tools: false },
      },
      {
        match:
          '*meta.llama3-*|*cohere.*|*ai21.*|*deepseek.*|*openai.gpt-oss*|*amazon.nova-micro*|*amazon.titan*|*mistral.mistral-7b*|*mistral.mixtral*|*qwen.qwen3-coder*|*qwen.qwen3-32b*',
        quirks: { images: false },
      },
      { match: '*meta.llama3-2-11b*|*meta.llama3-2-90b*', quirks: { images: true } },
    ],
    rename: bedrockNames,
    // Tokens are counted by models, not by the profiles that lead to them.
    countedAs: [/^(us|eu|apac|jp|au|ca|us-gov|global)\./, ''],
    list: '{control}/inference-profiles?type=SYSTEM_DEFINED&maxResults=1000',
    big: 'claude-sonnet-5-5',
    small: 'claude-haiku-4-5',
  },
];

function vertexEmbeddings(publishers: string, key: Pick<OperationRule, 'needs' | 'without'>): readonly OperationRule[] {
  const rule = { does: ['embeddings'], speaks: 'gemini', ...key } as const;
  const model = `${publishers}/google/models/{model}`;
  return [
    { ...rule, match: vertexPredicted, path: { predict: `${model}:predict` } },
    { ...rule, path: { 'vertex.embedContent': `${model}:embedContent` } },
  ];
}
