import { z } from 'zod';
import { address, duration, flag, oneOf, oneOrMore, secret, secretText, shorthand, wholeNumber } from './field.ts';
import { providerRetriesSchema } from './resilience-schema.ts';

const freeObject = z.record(z.string(), z.unknown());

/** How a server departs from the language it speaks. */
export const quirksSchema = z.strictObject({
  reasoning: oneOf([
    'reasoning_content',
    'reasoning',
    'reasoning_details',
    'thinking_blocks',
    'thinking_chunks',
    'reasoning_parts',
    'extra_content',
    'none',
  ])
    .describe('Field in which past reasoning is sent back to the server; "none": it wants none.')
    .exactOptional(),
  call_proof: z
    .string()
    .min(1)
    .describe('What stands for the proof of a call that has none, where the server insists on one.')
    .exactOptional(),
  reasoning_request: oneOf(['reasoning_effort', 'reasoning', 'thinking', 'none'])
    .describe('Field by which reasoning is asked for; "none": it cannot be.')
    .exactOptional(),
  efforts: z
    .array(z.string())
    .min(1)
    .describe('Words for effort that the server takes; the nearest one is sent.')
    .exactOptional(),
  max_tokens: oneOf(['max_tokens', 'max_completion_tokens'])
    .describe("Name of the limit on the answer's length.")
    .exactOptional(),
  max_output_tokens: wholeNumber(1, 100_000_000)
    .describe('Most tokens an answer may have; larger wishes are lowered to it.')
    .exactOptional(),
  system_role: oneOf(['system', 'developer']).describe('Role in which instructions are given.').exactOptional(),
  mid_system: flag().describe('Whether system messages may stand in mid-conversation.').exactOptional(),
  cache_control: flag().describe("Whether content parts may carry Anthropic's cache_control.").exactOptional(),
  stream_options: flag().describe('Whether stream_options {include_usage} is understood.').exactOptional(),
  tool_result_parts: flag().describe('Whether tool results may be lists of content parts.').exactOptional(),
  images: flag().describe('Whether images are taken.').exactOptional(),
  files: flag().describe('Whether PDF files are taken.').exactOptional(),
  file_part: oneOf(['file', 'document_url'])
    .describe('How a file is told; "document_url" takes addresses too.')
    .exactOptional(),
  json_schema: flag().describe('Whether a JSON schema may be asked for.').exactOptional(),
  forced_tools: flag().describe('Whether the model can be made to call a tool.').exactOptional(),
  inject_cache: oneOf(['5m', '1h'])
    .describe('Cache marks are set for clients that set none, with this time to live.')
    .exactOptional(),
  cache_key: flag()
    .describe('Whether calls of one session are told to have a prompt in common (prompt_cache_key).')
    .exactOptional(),
  web_search: oneOf(['web_search_options', 'plugins', 'tool'])
    .describe('How the server is asked to search the web; without it, it is not.')
    .exactOptional(),
  tool_choice_required: oneOf(['required', 'any']).describe('The word for "must call some tool".').exactOptional(),
  tool_ids: oneOf(['any', 'nine', 'none'])
    .describe('Tool-call ids that are taken; "nine": exactly nine letters or digits; "none": calls have none.')
    .exactOptional(),
  count_body: oneOf(['bare'])
    .describe("How tokens are asked to be counted; bare: without the envelope of Gemini's API.")
    .exactOptional(),
  assistant_prefix: flag()
    .describe('Whether a last message of the assistant says that the answer goes on from it (prefix).')
    .exactOptional(),
  seed: oneOf(['seed', 'random_seed']).describe('Name of the seed.').exactOptional(),
  service_tiers: z
    .array(z.string())
    .describe('Words for the service tier that the server takes; others are dropped.')
    .exactOptional(),
  stop_max: wholeNumber(0, 1000).describe('Most stop sequences.').exactOptional(),
  extra_sampling: flag().describe('Whether top_k, min_p and repetition_penalty are taken.').exactOptional(),
  dimensions: oneOf(['dimensions', 'output_dimension'])
    .describe('Field in which the length of embeddings is asked for.')
    .exactOptional(),
  refuses: z
    .array(z.string())
    .describe('Top-level request fields that the server refuses; they are dropped.')
    .exactOptional(),
  extra_body: freeObject.describe("Fields set on every request, over the client's.").exactOptional(),
});

const connect = () => duration(0).describe('Time to reach the provider, "10s"; 0 for no limit.');
const firstByte = () =>
  duration(0).describe(
    'Time until the answer begins, "10m"; 0 for no limit. One that is not streamed begins when it is complete.',
  );
const idle = () => duration(0).describe('Longest silence in mid-answer, "5m"; 0 for no limit.');
const total = () => duration(0).describe('Time for the whole call, "1h"; 0 for no limit.');

/** Time limits of every call to a provider. */
export const timeoutsSchema = z.strictObject({
  connect: connect().prefault('10s'),
  first_byte: firstByte().prefault('10m'),
  idle: idle().prefault('5m'),
  total: total().prefault('1h'),
});

/** Time limits of the calls to one provider, where they differ. */
const providerTimeoutsSchema = z.strictObject({
  connect: connect().exactOptional(),
  first_byte: firstByte().exactOptional(),
  idle: idle().exactOptional(),
  total: total().exactOptional(),
});

const modelSchema = z.strictObject({
  max_output_tokens: wholeNumber(1, 100_000_000)
    .describe('Most tokens an answer of this model may have.')
    .exactOptional(),
  context_window: wholeNumber(1, 1_000_000_000)
    .describe('Tokens that prompt and answer may have together.')
    .exactOptional(),
  quirks: quirksSchema.describe("Quirks of this model alone, over the provider's.").exactOptional(),
});

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'is not the name of a header' })
  .refine((name) => !/^(host|connection|content-length|transfer-encoding|content-type)$/i.test(name), {
    error: 'is set by Dragoman itself',
  });

const word = (what: string) => z.string().regex(/^[\w.:-]+$/, { error: `is not ${what}` });

/** What stands in the addresses of some kinds. */
const placeFields = {
  host: z
    .string()
    .min(1)
    .describe('Databricks: the workspace, "https://adb-1234.5.azuredatabricks.net".')
    .exactOptional(),
  account: word('an account id')
    .describe("What stands for the account in the kind's address: Cloudflare's account id, Azure's resource name.")
    .exactOptional(),
  region: word('a region')
    .describe('Bedrock: the region, "us-east-1"; without it, that of the profile.')
    .exactOptional(),
  inference_profile: word('a group of regions')
    .describe(
      'Bedrock: the inference profiles by which Claude\'s makers\' names are completed: us, eu, apac, jp, au, us-gov or global; "none" for the models of the region itself. Without it, what suits the region.',
    )
    .exactOptional(),
  project: word('a project').describe("Vertex AI: the project; without it, the service account's.").exactOptional(),
  location: word('a location').describe('Vertex AI: "global" (the default), "us", "eu" or a region.').exactOptional(),
  api_version: word('a version')
    .describe('Azure: with it, models are called at their deployments, ?api-version=; without it, at /openai/v1.')
    .exactOptional(),
};

/** Who calls, where that is more than a key. */
const identityFields = {
  client_id: secret()
    .describe('Databricks, Azure: client id of a service principal (OAuth, machine to machine).')
    .exactOptional(),
  client_secret: secret().describe("Databricks, Azure: the service principal's secret.").exactOptional(),
  tenant_id: word('a tenant').describe('Azure: the directory (tenant) of the service principal.').exactOptional(),
  token_url: address()
    .describe("Where tokens are fetched, instead of the usual place: OAuth's endpoint, AWS's security token service.")
    .exactOptional(),
  access_key_id: secret().describe('Bedrock: id of an access key.').exactOptional(),
  secret_access_key: secret().describe('Bedrock: the access key itself.').exactOptional(),
  session_token: secret().describe('Bedrock: the token that belongs to a temporary access key.').exactOptional(),
  profile: z.string().min(1).describe('Bedrock: a profile of ~/.aws/credentials and ~/.aws/config.').exactOptional(),
  role_arn: z
    .string()
    .regex(/^arn:[\w:/+=,.@-]+$/, { error: 'is not a role: write "arn:aws:iam::123456789012:role/name"' })
    .describe('Bedrock: a role that is taken on with the keys that are found, "arn:aws:iam::123456789012:role/name".')
    .exactOptional(),
  web_identity_token_file: z
    .string()
    .min(1)
    .describe('Bedrock: the file with a token by which role_arn is taken on, as Kubernetes gives it.')
    .exactOptional(),
  credentials_file: z
    .string()
    .min(1)
    .describe("Vertex AI: the JSON file of a service account or of gcloud's login.")
    .exactOptional(),
  credentials: secretText().describe('Vertex AI: the JSON itself, instead of its file.').exactOptional(),
  access_token: secret().describe('Vertex AI: a token that somebody else fetches and renews.').exactOptional(),
};

/** An endpoint that answers calls. */
export const providerSchema = shorthand(
  'kind',
  z.strictObject({
    kind: z
      .string()
      .describe(
        'A well-known service, which sets its address, language and quirks: openrouter, anthropic, databricks, ...',
      )
      .exactOptional(),
    speaks: z
      .string()
      .describe('The language the endpoint speaks: anthropic or openai-chat. Needed without kind; overrides it else.')
      .exactOptional(),
    base_url: address()
      .describe("The address, as the language's official SDK takes it: Anthropic without /v1, OpenAI with it.")
      .exactOptional(),
    api_key: oneOrMore(secret(), 64)
      .describe(
        `The credential: write "\${NAME}" and set NAME. A list of several: calls are spread over them. Without it, the variable usual for the kind is looked at.`,
      )
      .exactOptional(),
    headers: z.record(headerName, secret()).describe('Headers sent with each call.').exactOptional(),
    quirks: quirksSchema.describe('How the server departs from its language.').exactOptional(),
    timeouts: providerTimeoutsSchema.describe('Time limits for this provider.').exactOptional(),
    retries: providerRetriesSchema.describe('When calls to this provider are tried again.').exactOptional(),
    body: freeObject
      .describe(
        'Request fields for this provider that the client may override: provider, transforms, min_p, reasoning, ...',
      )
      .exactOptional(),
    models: z
      .record(z.string().min(1), modelSchema)
      .describe('What is particular about some models, by the name the provider gives them.')
      .exactOptional(),
    ...placeFields,
    ...identityFields,
  }),
);
