/**
 * The members that each object of a Messages request may have. A word ending in `!` must be there.
 * Anything else is refused with "Extra inputs are not permitted".
 */
const table = (rows: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(rows).map(([name, words]) => [name, words.split(' ').filter((word) => word !== '')]),
  );

/** Top-level fields that need no beta. */
export const TOP_LEVEL: readonly string[] = (
  'model! messages! max_tokens! system stream stop_sequences temperature top_p top_k tools tool_choice thinking ' +
  'output_config cache_control metadata service_tier speed inference_geo container diagnostics'
).split(' ');

/** What a token count takes of them. */
export const COUNT_FIELDS: readonly string[] =
  'model! messages! system tools tool_choice thinking output_config cache_control speed'.split(' ');

/** Gone from version 2026-10-21. */
export const SAMPLING_FIELDS: readonly string[] = ['temperature', 'top_p', 'top_k'];

/** Top-level fields that a beta brings, and how the beta's name begins. */
export const BETA_FIELDS: Readonly<Record<string, readonly string[]>> = {
  context_management: ['context-management-', 'compact-'],
  mcp_servers: ['mcp-client-'],
  output_format: ['structured-outputs-'],
  compaction: ['compact-'],
  thread: ['message-threads-'],
  fallbacks: ['server-side-fallback-'],
  fallback_credit_token: ['fallback-credit-'],
  billing_policy: ['user-profiles-billing-'],
  safeguards: ['dangerous-tool-use-', 'afk-mode-'],
  tags: ['request-tags-'],
};

/** Content blocks by type. `type` and `cache_control` go without saying. */
export const BLOCKS = table({
  text: 'text! citations',
  image: 'source! transformations',
  document: 'source! title context citations',
  search_result: 'source! title! content! citations',
  thinking: 'thinking! signature!',
  redacted_thinking: 'data!',
  tool_use: 'id! name! input! caller toolset_name',
  tool_result: 'tool_use_id! content is_error toolset_name',
  server_tool_use: 'id! name! input! caller',
  web_search_tool_result: 'tool_use_id! content! caller',
  web_fetch_tool_result: 'tool_use_id! content! caller',
  code_execution_tool_result: 'tool_use_id! content!',
  bash_code_execution_tool_result: 'tool_use_id! content!',
  text_editor_code_execution_tool_result: 'tool_use_id! content!',
  tool_search_tool_result: 'tool_use_id! content!',
  container_upload: 'file_id!',
  mcp_tool_use: 'id! name! server_name! input!',
  mcp_tool_result: 'tool_use_id! content is_error',
  mcp_tool_listing: 'mcp_server_name! tools!',
  advisor_tool_result: 'tool_use_id! content!',
  compaction: 'content encrypted_content signature tool_changes',
  tool_addition: 'tool!',
  tool_removal: 'tool!',
  fallback: 'from! to! trigger',
  tool_reference: 'tool_name!',
  browser_state: 'tabs! state_changes',
});

/** Which blocks may stand where. */
export const PLACES = {
  user: 'text image document search_result tool_result container_upload mcp_tool_listing compaction'.split(' '),
  assistant: (
    'text thinking redacted_thinking tool_use server_tool_use web_search_tool_result web_fetch_tool_result ' +
    'code_execution_tool_result bash_code_execution_tool_result text_editor_code_execution_tool_result ' +
    'tool_search_tool_result container_upload mcp_tool_use mcp_tool_result mcp_tool_listing advisor_tool_result ' +
    'compaction fallback document'
  ).split(' '),
  system: 'text tool_addition tool_removal'.split(' '),
  tool_result: 'text image document search_result tool_reference browser_state'.split(' '),
} as const;

/** Sources of images and documents by type. */
export const SOURCES = table({
  base64: 'media_type! data!',
  text: 'media_type! data!',
  content: 'content!',
  url: 'url!',
  file: 'file_id!',
});

/** Members of a message by role; `role` goes without saying. */
export const MESSAGES = table({ user: 'content!', assistant: 'content!', system: 'content output_config clear_at' });

/** Ways to think. */
export const THINKING = table({
  enabled: 'budget_tokens! display block_binding',
  adaptive: 'display block_binding',
  disabled: '',
  between_tools: '',
});

/** Ways to choose tools. */
export const TOOL_CHOICE = table({
  auto: 'disable_parallel_tool_use',
  any: 'disable_parallel_tool_use',
  tool: 'name! disable_parallel_tool_use',
  none: '',
});

/** A tool of the client. */
export const CUSTOM_TOOL: readonly string[] = (
  'name! input_schema! description type strict input_examples eager_input_streaming cache_control defer_loading ' +
  'allowed_callers'
).split(' ');

/** Other objects that are checked member by member. */
export const OBJECTS = table({
  metadata: 'user_id',
  output_config: 'effort format task_budget',
  'output_config.format': 'type! schema!',
  cache_control: 'type! ttl',
  context_management: 'edits',
  diagnostics: 'previous_message_id',
});

/** How the types of tools begin that are not the client's own. */
export const KNOWN_TOOL_TYPES =
  /^(bash|text_editor|memory|computer|browser_toolset|computer_toolset|web_search|web_fetch|code_execution|tool_search_tool_regex|tool_search_tool_bm25|advisor)(_\d{8})?$|^mcp_toolset$/;
