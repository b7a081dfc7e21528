/** One field of a message: the name of its type, and whether it is a list or a map of them. */
export interface Field {
  readonly type: string;
  readonly shape: 'one' | 'list' | 'map';
  /** Only Vertex AI knows it. */
  readonly vertexOnly: boolean;
}

const SHAPES: Readonly<Record<string, Field['shape']>> = { '[]': 'list', '{}': 'map' };

function fieldsOf(row: string): Readonly<Record<string, Field>> {
  const entries = row.split(' ').map((word): [string, Field] => {
    const [name = '', kind = ''] = word.replace('*', '').split(':');
    const type = kind.replace(/\[\]|\{\}/, '');
    return [name, { type, shape: SHAPES[kind.slice(type.length)] ?? 'one', vertexOnly: word.startsWith('*') }];
  });
  return Object.fromEntries(entries);
}

/** The messages of a request, field by field: `name:type`, `[]` for a list, `{}` for a map, `*` for Vertex AI only. */
export const MESSAGES: Readonly<Record<string, Readonly<Record<string, Field>>>> = Object.fromEntries(
  Object.entries({
    GenerateContentRequest:
      'model:string contents:Content[] systemInstruction:Content tools:Tool[] toolConfig:ToolConfig ' +
      'safetySettings:SafetySetting[] generationConfig:GenerationConfig cachedContent:string labels:any ' +
      'serviceTier:string store:bool continuationToken:string *modelArmorConfig:any',
    CountTokensRequest:
      'contents:Content[] generateContentRequest:GenerateContentRequest *model:string *instances:any ' +
      '*systemInstruction:Content *tools:Tool[] *generationConfig:GenerationConfig',
    EmbedContentRequest:
      'model:string content:Content taskType:string title:string outputDimensionality:int *embedContentConfig:EmbedContentConfig',
    EmbedContentConfig:
      'taskType:string title:string outputDimensionality:int autoTruncate:bool documentOcr:bool audioTrackExtraction:bool',
    BatchEmbedContentsRequest: 'requests:EmbedContentRequest[]',
    PredictRequest: 'instances:any parameters:any',
    Content: 'role:string parts:Part[]',
    Part:
      'text:string thought:bool thoughtSignature:bytes inlineData:Blob fileData:FileData functionCall:FunctionCall ' +
      'functionResponse:FunctionResponse executableCode:Struct codeExecutionResult:Struct toolCall:Struct ' +
      'toolResponse:Struct videoMetadata:Struct mediaResolution:any partMetadata:Struct mediaProcessing:string ' +
      'audioTranscription:Struct speechMetadata:Struct',
    Blob: 'mimeType:string data:bytes displayName:string',
    FileData: 'mimeType:string fileUri:string displayName:string',
    FunctionCall: 'id:string name:string args:Struct *partialArgs:any *willContinue:bool',
    FunctionResponse:
      'id:string name:string response:Struct parts:FunctionResponsePart[] scheduling:string willContinue:bool',
    FunctionResponsePart: 'inlineData:Blob fileData:FileData mediaProcessing:string',
    Tool:
      'functionDeclarations:FunctionDeclaration[] googleSearch:Struct googleSearchRetrieval:Struct codeExecution:Struct ' +
      'urlContext:Struct computerUse:Struct fileSearch:Struct googleMaps:Struct mcpServers:any *retrieval:Struct ' +
      '*enterpriseWebSearch:Struct *parallelAiSearch:Struct *exaAiSearch:Struct',
    FunctionDeclaration:
      'name:string description:string parameters:Schema parametersJsonSchema:any response:Schema ' +
      'responseJsonSchema:any behavior:string',
    Schema:
      'anyOf:Schema[] default:any description:string enum:string[] example:any format:string items:Schema maxItems:int ' +
      'maxLength:int maxProperties:int maximum:number minItems:int minLength:int minProperties:int minimum:number ' +
      'nullable:bool pattern:string properties:Schema{} propertyOrdering:string[] required:string[] title:string ' +
      'type:Type',
    ToolConfig:
      'functionCallingConfig:FunctionCallingConfig retrievalConfig:Struct includeServerSideToolInvocations:bool',
    FunctionCallingConfig: 'mode:Mode allowedFunctionNames:string[] *streamFunctionCallArguments:bool',
    SafetySetting: 'category:string threshold:string *method:string',
    GenerationConfig:
      'temperature:number topP:number topK:number candidateCount:int maxOutputTokens:int stopSequences:string[] ' +
      'responseLogprobs:bool logprobs:int presencePenalty:number frequencyPenalty:number seed:int ' +
      'responseMimeType:string responseSchema:Schema responseJsonSchema:any responseFormat:any ' +
      'responseModalities:string[] mediaResolution:string speechConfig:Struct thinkingConfig:ThinkingConfig ' +
      'imageConfig:Struct audioTranscriptionConfig:Struct enableEnhancedCivicAnswers:bool *audioTimestamp:bool ' +
      '*routingConfig:Struct *modelSelectionConfig:Struct *enableAffectiveDialog:bool *translationConfig:Struct',
    ThinkingConfig: 'includeThoughts:bool thinkingBudget:int thinkingLevel:ThinkingLevel',
  }).map(([name, row]) => [name, fieldsOf(row)]),
);

/** The values of enumerations. */
export const ENUMS: Readonly<Record<string, readonly string[]>> = {
  Type: ['TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL'],
  Mode: ['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'],
  ThinkingLevel: ['THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH'],
};
