/** Names of services in OpenTelemetry's semantic conventions, by their kind here; all others go by their kind. */
const names: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['bedrock', 'aws.bedrock'],
  ['cohere-openai', 'cohere'],
  ['gemini', 'gcp.gemini'],
  ['gemini-openai', 'gcp.gemini'],
  ['mistral', 'mistral_ai'],
  ['moonshot', 'moonshot_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['xai', 'x_ai'],
]);

/** What a provider is called in `gen_ai.provider.name`: one that is of no kind goes by the name it was given. */
export function semanticName({ kind, name }: { readonly kind?: string; readonly name: string }): string {
  return kind === undefined ? name : (names.get(kind) ?? kind);
}
