/** What a member may be: a plain type, one of some words, a list, or an object of another shape. */
export type MemberType =
  | { readonly kind: 'string' | 'number' | 'integer' | 'boolean' | 'bytes' | 'json' | 'object' | 'strings' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'list'; readonly of: MemberType }
  | { readonly kind: 'shape'; readonly name: string };

/** One object of the Converse language. */
export interface Shape {
  readonly members: Readonly<Record<string, { readonly type: MemberType; readonly required: boolean }>>;
  /** Exactly one member is there. */
  readonly union: boolean;
}

const PLAIN = ['string', 'number', 'integer', 'boolean', 'bytes', 'json', 'object', 'strings'] as const;

/** `strings` is a map of strings; `[x]` a list of x; `a|b` one of these words; a capital begins another shape's name. */
function readType(text: string): MemberType {
  if (text.startsWith('[')) return { kind: 'list', of: readType(text.slice(1, -1)) };
  const plain = PLAIN.find((name) => name === text);
  if (plain !== undefined) return { kind: plain };
  return /^[A-Z]/.test(text) ? { kind: 'shape', name: text } : { kind: 'words', words: text.split('|') };
}

/** Members as `name:type`, those that must be there as `name!:type`; a leading `union` says that only one may be. */
function readShape(text: string): Shape {
  const words = text.split(' ').filter((word) => word !== '');
  const union = words[0] === 'union';
  const members = (union ? words.slice(1) : words).map((word) => {
    const [name = '', type = ''] = word.split(':');
    return [name.replace('!', ''), { type: readType(type), required: name.endsWith('!') }] as const;
  });
  return { union, members: Object.fromEntries(members) };
}

const ROWS: Readonly<Record<string, string>> = {
  Converse:
    'messages!:[Message] system:[SystemContentBlock] inferenceConfig:InferenceConfiguration toolConfig:ToolConfiguration ' +
    'guardrailConfig:GuardrailConfiguration additionalModelRequestFields:object promptVariables:object ' +
    'additionalModelResponseFieldPaths:[string] requestMetadata:strings performanceConfig:PerformanceConfiguration ' +
    'serviceTier:ServiceTier outputConfig:OutputConfig',
  ConverseTokensRequest:
    'messages!:[Message] system:[SystemContentBlock] toolConfig:ToolConfiguration additionalModelRequestFields:object',
  CountTokens: 'input!:CountTokensInput',
  CountTokensInput: 'union converse:ConverseTokensRequest invokeModel:InvokeModelTokensRequest',
  InvokeModelTokensRequest: 'body!:bytes',
  Message: 'role!:user|assistant|system content!:[ContentBlock]',
  InferenceConfiguration: 'maxTokens:integer temperature:number topP:number stopSequences:[string]',
  GuardrailConfiguration:
    'guardrailIdentifier:string guardrailVersion:string trace:enabled|disabled|enabled_full streamProcessingMode:sync|async',
  PerformanceConfiguration: 'latency:standard|optimized',
  ServiceTier: 'type!:default|flex|priority|reserved',
  OutputConfig: 'textFormat:OutputFormat effort:string',
  OutputFormat: 'type!:json_schema structure!:OutputFormatStructure',
  OutputFormatStructure: 'union jsonSchema:JsonSchemaDefinition',
  JsonSchemaDefinition: 'schema!:string name:string description:string',
  SystemContentBlock: 'union text:string guardContent:GuardrailConverseContentBlock cachePoint:CachePointBlock',
  ContentBlock:
    'union text:string image:ImageBlock document:DocumentBlock video:VideoBlock audio:AudioBlock toolUse:ToolUseBlock ' +
    'toolResult:ToolResultBlock guardContent:GuardrailConverseContentBlock cachePoint:CachePointBlock ' +
    'reasoningContent:ReasoningContentBlock citationsContent:CitationsContentBlock searchResult:SearchResultBlock ' +
    'toolAddition:ToolChangeBlock toolRemoval:ToolChangeBlock',
  CachePointBlock: 'type!:default ttl:5m|1h',
  ImageBlock: 'format!:png|jpeg|gif|webp source!:MediaSource error:ErrorBlock',
  VideoBlock: 'format!:flv|mkv|mov|mp4|mpeg|mpg|three_gp|webm|wmv source!:MediaSource',
  AudioBlock: 'format!:string source!:MediaSource error:ErrorBlock',
  MediaSource: 'union bytes:bytes s3Location:S3Location',
  S3Location: 'uri!:string bucketOwner:string',
  ErrorBlock: 'message:string',
  DocumentBlock:
    'format:csv|doc|docx|html|md|pdf|txt|xls|xlsx name!:string source!:DocumentSource context:string ' +
    'citations:CitationsConfig',
  DocumentSource: 'union bytes:bytes s3Location:S3Location text:string content:[DocumentContentBlock]',
  DocumentContentBlock: 'union text:string',
  CitationsConfig: 'enabled!:boolean',
  ToolUseBlock: 'toolUseId!:string name!:string input!:json type:server_tool_use',
  ToolResultBlock: 'toolUseId!:string content!:[ToolResultContentBlock] status:success|error type:string',
  ToolResultContentBlock:
    'union json:json text:string image:ImageBlock document:DocumentBlock video:VideoBlock searchResult:SearchResultBlock',
  ReasoningContentBlock: 'union reasoningText:ReasoningTextBlock redactedContent:bytes',
  ReasoningTextBlock: 'text!:string signature:string',
  CitationsContentBlock: 'content:[CitationGeneratedContent] citations:[Citation]',
  CitationGeneratedContent: 'union text:string',
  Citation: 'title:string source:string sourceContent:[CitationSourceContent] location:CitationLocation',
  CitationSourceContent: 'union text:string',
  CitationLocation:
    'union web:WebLocation documentChar:DocumentLocation documentPage:DocumentLocation documentChunk:DocumentLocation ' +
    'searchResultLocation:SearchResultLocation',
  WebLocation: 'url:string domain:string',
  DocumentLocation: 'documentIndex:integer start:integer end:integer',
  SearchResultLocation: 'searchResultIndex:integer start:integer end:integer',
  SearchResultBlock: 'source!:string title!:string content!:[SearchResultContentBlock] citations:CitationsConfig',
  SearchResultContentBlock: 'text!:string',
  ToolChangeBlock: 'tool!:ToolReference',
  ToolReference: 'type:string name:string serverName:string',
  GuardrailConverseContentBlock: 'union text:GuardrailConverseTextBlock image:GuardrailConverseImageBlock',
  GuardrailConverseTextBlock: 'text!:string qualifiers:[grounding_source|query|guard_content]',
  GuardrailConverseImageBlock: 'format!:png|jpeg source!:GuardrailConverseImageSource',
  GuardrailConverseImageSource: 'union bytes:bytes',
  ToolConfiguration: 'tools!:[Tool] toolChoice:ToolChoice',
  Tool: 'union toolSpec:ToolSpecification systemTool:NamedTool cachePoint:CachePointBlock',
  ToolSpecification: 'name!:string description:string inputSchema!:ToolInputSchema strict:boolean',
  ToolInputSchema: 'union json:object',
  ToolChoice: 'union auto:Nothing any:Nothing tool:NamedTool',
  NamedTool: 'name!:string',
  Nothing: '',
};

/** The objects of a Converse request by their names in the service's model. */
export const SHAPES: Readonly<Record<string, Shape>> = Object.fromEntries(
  Object.entries(ROWS).map(([name, row]) => [name, readShape(row)]),
);
