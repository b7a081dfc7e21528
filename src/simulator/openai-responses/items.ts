/** Members of input items by type; those with `!` are required, `type` goes without saying. */
export const ITEMS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    additional_tools: 'role! tools! id',
    apply_patch_call: 'call_id! operation! status! id caller',
    apply_patch_call_output: 'call_id! status! id caller output',
    code_interpreter_call: 'id! code! container_id! outputs! status!',
    compaction: 'encrypted_content! id',
    compaction_trigger: 'id',
    computer_call: 'id! call_id! pending_safety_checks! status! action actions',
    computer_call_output: 'call_id! output! id acknowledged_safety_checks status',
    configuration_update: 'id reasoning text',
    custom_tool_call: 'call_id! name! input! id status namespace caller async',
    custom_tool_call_output: 'call_id! output! id status caller',
    file_search_call: 'id! queries! status! results',
    function_call: 'call_id! name! arguments! id status namespace caller async',
    function_call_output: 'output! call_id id status name namespace caller',
    image_generation_call:
      'id! result! status! action background error output_format quality revised_prompt size svg_usage',
    item_reference: 'id!',
    local_shell_call: 'id! action! call_id! status!',
    local_shell_call_output: 'id! output! status',
    mcp_approval_request: 'id! arguments! name! server_label!',
    mcp_approval_response: 'approval_request_id! approve! id reason',
    mcp_call: 'id! arguments! name! server_label! approval_request_id error output status',
    mcp_list_tools: 'id! server_label! tools! error',
    message: 'role! content! id status phase',
    program: 'id! call_id! code! fingerprint!',
    program_output: 'id! call_id! result! status!',
    reasoning: 'summary! id content encrypted_content status',
    shell_call: 'action! call_id! id caller environment status',
    shell_call_output: 'call_id! output! id caller max_output_length status',
    tool_search_call: 'arguments! id call_id execution status',
    tool_search_output: 'tools! id call_id execution status',
    web_search_call: 'id! status! action',
  }).map(([type, members]) => [type, members.split(' ')]),
);

/** How the ids of items begin. */
export const ID_PREFIXES: Readonly<Record<string, string>> = {
  function_call: 'fc',
  function_call_output: 'fc',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctc',
  message: 'msg',
  reasoning: 'rs',
};

/** Calls that the client answers, and how each is answered. */
export const OUTPUT_OF: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  computer_call: 'computer_call_output',
  shell_call: 'shell_call_output',
  apply_patch_call: 'apply_patch_call_output',
};

/** Members of content parts by type; `type` goes without saying. */
export const PARTS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    input_text: 'text! prompt_cache_breakpoint',
    input_image: 'detail file_id image_url prompt_cache_breakpoint',
    input_file: 'detail file_data file_id file_url filename prompt_cache_breakpoint',
    output_text: 'text! annotations logprobs',
    refusal: 'refusal!',
    summary_text: 'text!',
    reasoning_text: 'text!',
  }).map(([type, members]) => [type, members.split(' ')]),
);
