import type { Block, DialectName, Ext, NativeBlock } from './content.ts';
import type { ChatRequest, Tool, ToolMeaning } from './request.ts';

/** One thing that did not arrive as it was said. */
export interface Loss {
  readonly what: 'dropped' | 'approximated' | 'moved' | 'mapped';
  /** Where it stood, `turns[3].content[0]` or a parameter's name. */
  readonly path: string;
  /** In a few words, for a person. */
  readonly why: string;
}

/** Everything a request can say that some language cannot. A dialect lists in `cannotSay` what it has no words for. */
export type Feature =
  | 'cache'
  | 'image'
  | 'audio'
  | 'video'
  | 'document'
  | 'search_result'
  | 'file'
  | 'thinking'
  | 'redacted_thinking'
  | 'text_citations'
  | 'document_citations'
  | 'tool_reference'
  | 'tool_error'
  | 'turn_name'
  | 'mid_system'
  | 'custom_tool'
  | 'tool_strict'
  | 'tool_deferred'
  | 'allowed_tools'
  | 'parallel_tools'
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'frequency_penalty'
  | 'presence_penalty'
  | 'repetition_penalty'
  | 'seed'
  | 'stop'
  | 'reasoning'
  | 'reasoning_budget'
  | 'reasoning_display'
  | 'format_json'
  | 'format_schema'
  | 'user'
  | 'service_tier'
  | 'verbosity'
  | 'cache_key'
  | 'labels';

const samplingFeatures = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  repetitionPenalty: 'repetition_penalty',
  seed: 'seed',
} as const satisfies { [field: string]: Feature };

/** Each feature that a request uses, with the first place where it does. */
export function featuresOf(request: ChatRequest): Map<Feature, string> {
  const found = new Map<Feature, string>();
  const note = (feature: Feature, path: string): void => {
    if (!found.has(feature)) found.set(feature, path);
  };
  request.system.forEach((block, i) => noteBlock(block, `system[${i}]`, note));
  request.turns.forEach((turn, i) => {
    if (turn.role === 'system') note('mid_system', `turns[${i}]`);
    if (turn.name !== undefined) note('turn_name', `turns[${i}].name`);
    turn.content.forEach((block, j) => noteBlock(block, `turns[${i}].content[${j}]`, note));
  });
  request.tools.forEach((tool, i) => noteTool(tool, `tools[${i}]`, note));
  noteParameters(request, note);
  return found;
}

/**
 * What a language that lacks `cannotSay` loses of this request, plus whatever only another language could have said.
 * @param means the provider's own tools for which the language has its own.
 */
export function lossesOf(
  request: ChatRequest,
  target: DialectName,
  cannotSay: readonly Feature[],
  means: readonly ToolMeaning['type'][] = [],
): Loss[] {
  const losses: Loss[] = [];
  const found = featuresOf(request);
  for (const feature of cannotSay) {
    const path = found.get(feature);
    if (path !== undefined)
      losses.push({ what: 'dropped', path, why: `${target} has no ${feature.replaceAll('_', ' ')}` });
  }
  const foreign = (path: string): void => {
    losses.push({ what: 'dropped', path, why: `known to ${request.from} only` });
  };
  for (const [owner, fields] of Object.entries(request.ext ?? {})) {
    if (owner !== target) for (const field of Object.keys(fields)) foreign(field);
  }
  request.tools.forEach((tool, i) => {
    if (tool.type !== 'native' || tool.dialect === target) return;
    if (tool.means === undefined || !means.includes(tool.means.type)) foreign(`tools[${i}] (${tool.name})`);
  });
  for (const [path, block] of nativesOf(request)) {
    if (block.dialect !== target) foreign(`${path} (${String(block.value['type'])})`);
  }
  for (const [path, owner] of extFieldsOf(request)) if (owner !== target) foreign(path);
  return losses;
}

/** The losses as people want to read them: one line for what was lost in the same way at many places. */
export function summarized(losses: readonly Loss[]): readonly Loss[] {
  if (losses.length < 2) return losses;
  const groups = new Map<string, { readonly first: Loss; readonly path: string; count: number }>();
  for (const loss of losses) {
    const path = loss.path.replace(/\[\d+\]/g, '[*]');
    const key = `${loss.what} ${path} ${loss.why}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: loss, path, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()].map(({ first, path, count }) =>
    count === 1 ? first : { ...first, path, why: `${first.why}, ${count} times` },
  );
}

/** Blocks that only one language knows, wherever they stand. */
function* nativesOf(request: ChatRequest): Generator<readonly [path: string, block: NativeBlock]> {
  for (const [i, turn] of request.turns.entries()) yield* nativesAmong(turn.content, `turns[${i}].content`);
}

function* nativesAmong(blocks: readonly Block[], path: string): Generator<readonly [string, NativeBlock]> {
  for (const [i, block] of blocks.entries()) {
    if (block.type === 'native') yield [`${path}[${i}]`, block];
    else if (block.type === 'tool_result') yield* nativesAmong(block.content, `${path}[${i}].content`);
  }
}

/** The fields of turns, blocks and tools that only one language has, with their owner. */
function* extFieldsOf(request: ChatRequest): Generator<readonly [path: string, owner: string]> {
  yield* extFieldsOfBlocks(request.system, 'system');
  for (const [i, turn] of request.turns.entries()) {
    yield* fieldsIn(turn.ext, `turns[${i}]`);
    yield* extFieldsOfBlocks(turn.content, `turns[${i}].content`);
  }
  for (const [i, tool] of request.tools.entries()) {
    if (tool.type !== 'native') yield* fieldsIn(tool.ext, `tools[${i}]`);
  }
}

function* extFieldsOfBlocks(blocks: readonly Block[], path: string): Generator<readonly [string, string]> {
  for (const [i, block] of blocks.entries()) {
    if (block.type !== 'native') yield* fieldsIn(block.ext, `${path}[${i}]`);
    if (block.type === 'tool_result' || block.type === 'search_result') {
      yield* extFieldsOfBlocks(block.content, `${path}[${i}].content`);
    }
  }
}

function* fieldsIn(ext: Ext | undefined, path: string): Generator<readonly [string, string]> {
  for (const [owner, fields] of Object.entries(ext ?? {})) {
    for (const field of Object.keys(fields ?? {})) yield [`${path}.${field}`, owner];
  }
}

type Note = (feature: Feature, path: string) => void;

function noteBlock(block: Block, path: string, note: Note): void {
  if (block.cache !== undefined) note('cache', path);
  switch (block.type) {
    case 'text':
      if (block.citations !== undefined && block.citations.length > 0) note('text_citations', path);
      break;
    case 'image':
    case 'audio':
    case 'video':
      note(block.type, path);
      if (block.source.type === 'file') note('file', path);
      break;
    case 'document':
      note('document', path);
      if (block.citations === true) note('document_citations', path);
      if (block.source.type === 'file') note('file', path);
      break;
    case 'thinking':
      note(block.redacted === undefined ? 'thinking' : 'redacted_thinking', path);
      break;
    case 'tool_result':
      if (block.isError === true) note('tool_error', path);
      block.content.forEach((part, i) => noteBlock(part, `${path}.content[${i}]`, note));
      break;
    case 'search_result':
    case 'tool_reference':
      note(block.type, path);
      break;
    case 'tool_call':
    case 'refusal':
    case 'native':
      break;
  }
}

function noteTool(tool: Tool, path: string, note: Note): void {
  if (tool.cache !== undefined) note('cache', path);
  if (tool.type === 'custom') note('custom_tool', path);
  if (tool.type !== 'function') return;
  if (tool.strict !== undefined) note('tool_strict', path);
  if (tool.deferred === true) note('tool_deferred', path);
}

function noteParameters(request: ChatRequest, note: Note): void {
  for (const [field, feature] of Object.entries(samplingFeatures)) {
    if (request.sampling[field as keyof typeof samplingFeatures] !== undefined) note(feature, feature);
  }
  if (request.toolChoice?.type === 'required' && request.toolChoice.allowed !== undefined) {
    note('allowed_tools', 'tool_choice');
  }
  if (request.parallelTools !== undefined) note('parallel_tools', 'parallel_tools');
  if (request.stop !== undefined && request.stop.length > 0) note('stop', 'stop');
  if (request.reasoning !== undefined) note('reasoning', 'reasoning');
  if (request.reasoning?.budget !== undefined) note('reasoning_budget', 'reasoning.budget');
  if (request.reasoning?.display !== undefined) note('reasoning_display', 'reasoning.display');
  if (request.format?.type === 'json') note('format_json', 'format');
  if (request.format?.type === 'json_schema') note('format_schema', 'format');
  if (request.user !== undefined) note('user', 'user');
  if (request.serviceTier !== undefined) note('service_tier', 'service_tier');
  if (request.verbosity !== undefined) note('verbosity', 'verbosity');
  if (request.cacheKey !== undefined) note('cache_key', 'cache_key');
  if (request.labels !== undefined) note('labels', 'labels');
  if (request.cache !== undefined) note('cache', 'cache');
}
