import type { Answer, AnswerPart, AnswerUsage } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { webCitations } from '../citations.ts';
import { type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import type { Stop } from '../scenario.ts';
import { encryptReasoning, type Stage } from './encrypted.ts';
import { offeredTool } from './offered.ts';

type Spoken = Extract<AnswerPart, { kind: 'text' | 'refusal' }>;

/** One item of the output, before it is decided how much of it is written. */
export type Piece =
  | { readonly kind: 'message'; readonly id: string; readonly parts: readonly Spoken[] }
  | { readonly kind: 'reasoning'; readonly id: string; readonly part: Extract<AnswerPart, { kind: 'think' }> }
  | { readonly kind: 'call'; readonly id: string; readonly part: Extract<AnswerPart, { kind: 'tool' }> }
  | { readonly kind: 'native'; readonly id: string; readonly item: JsonObject };

/** The items of an answer; texts and refusals that follow each other are the content of one message. */
export function piecesOf(answer: Answer, asked: Asked): Piece[] {
  const name = answer.id.replace(/^[a-z]+_/, '');
  const pieces: Piece[] = [];
  for (const part of answer.parts) {
    const last = pieces.at(-1);
    const id = (prefix: string): string => `${prefix}_${name}_${pieces.length}`;
    if (part.kind === 'think') pieces.push({ kind: 'reasoning', id: id('rs'), part });
    else if (part.kind === 'tool') {
      const custom = offeredTool(asked.body.tools, part.name)?.type === 'custom';
      pieces.push({ kind: 'call', id: id(custom ? 'ctc' : 'fc'), part });
    } else if (part.kind === 'native') {
      const item = { id: id('item'), ...part.native };
      if (part.dialect === 'openai-responses') pieces.push({ kind: 'native', id: textOf(item.id), item });
    } else if (last?.kind === 'message') pieces[pieces.length - 1] = { ...last, parts: [...last.parts, part] };
    else pieces.push({ kind: 'message', id: id('msg'), parts: [part] });
  }
  return pieces;
}

/** Whether the thinking is shown, and how. */
export function reasoningShown(answer: Answer, asked: Asked): 'summary' | 'text' | 'no' {
  const way = answer.manner.responses?.reasoning ?? 'asked';
  if (way !== 'asked') return way;
  const { summary, generate_summary: old } = objectOf(asked.body.reasoning);
  return typeof (summary ?? old) === 'string' ? 'summary' : 'no';
}

/** The parts of a summary. */
export function summaryTexts(text: string, answer: Answer): string[] {
  if (text === '') return [];
  return answer.manner.responses?.summaryParts === true ? text.split('\n\n') : [text];
}

/** What a custom tool is called with: a text of its own, or the JSON of the input. */
export function customInput(part: Extract<AnswerPart, { kind: 'tool' }>): string {
  return typeof part.input.input === 'string' ? part.input.input : part.json;
}

/** The members that say whose call it is. */
export function callHead(piece: Extract<Piece, { kind: 'call' }>, asked: Asked): JsonObject {
  const { part, id } = piece;
  const offered = offeredTool(asked.body.tools, part.name);
  const type = offered?.type === 'custom' ? 'custom_tool_call' : 'function_call';
  const space = offered?.namespace === undefined ? {} : { namespace: offered.namespace };
  return { id, type, status: 'in_progress', call_id: part.id, name: part.name, ...space };
}

/** The annotations of a text. */
export function annotationsOf(part: Spoken): JsonObject[] {
  if (part.kind === 'refusal') return [];
  return webCitations(part).map(({ url, title, start, end }) => ({
    type: 'url_citation',
    start_index: start,
    end_index: end,
    title,
    url,
  }));
}

/** A part of a message's content. */
export function writeContent(part: Spoken): JsonObject {
  if (part.kind === 'refusal') return { type: 'refusal', refusal: part.text };
  return { type: 'output_text', annotations: annotationsOf(part), logprobs: [], text: part.text };
}

/** An item that is done. */
export function writeItem(piece: Piece, answer: Answer, asked: Asked, status: string, stage: Stage): JsonObject {
  switch (piece.kind) {
    case 'message': {
      const content = piece.parts.map(writeContent);
      return { id: piece.id, type: 'message', status, content, role: 'assistant' };
    }
    case 'reasoning':
      return { ...reasoningHead(piece, asked, stage), ...reasoningBody(piece, answer, asked) };
    case 'call': {
      const head = callHead(piece, asked);
      const said =
        head.type === 'custom_tool_call' ? { input: customInput(piece.part) } : { arguments: piece.part.json };
      return { ...head, status, ...said };
    }
    case 'native':
      return piece.item;
  }
}

/** A reasoning item without its text. */
export function reasoningHead(piece: Extract<Piece, { kind: 'reasoning' }>, asked: Asked, stage: Stage): JsonObject {
  const { id, part } = piece;
  const encrypted = listOf(asked.body.include).includes('reasoning.encrypted_content')
    ? { encrypted_content: encryptReasoning(id, part.text, stage) }
    : {};
  return { id, type: 'reasoning', ...encrypted, summary: [] };
}

function reasoningBody(piece: Extract<Piece, { kind: 'reasoning' }>, answer: Answer, asked: Asked): JsonObject {
  const { text, redacted } = piece.part;
  const shown = redacted === undefined ? reasoningShown(answer, asked) : 'no';
  if (shown === 'text') return { content: [{ type: 'reasoning_text', text }] };
  if (shown === 'no') return {};
  return { summary: summaryTexts(text, answer).map((part) => ({ type: 'summary_text', text: part })) };
}

const INCOMPLETE: Readonly<Record<string, string>> = { length: 'max_output_tokens', window: 'max_output_tokens' };
const COMPLETE = ['end', 'tool', 'sequence', 'pause'];

/** Why a response is incomplete, or undefined; the model's own words of refusal make it complete. */
export function incompleteReason(stop: Stop, parts: readonly AnswerPart[]): string | undefined {
  if (stop === null || COMPLETE.includes(stop) || stop === 'failed') return undefined;
  if (stop === 'refusal') return parts.some((part) => part.kind === 'refusal') ? undefined : 'content_filter';
  return INCOMPLETE[stop] ?? stop;
}

/** The status and the items of a response that is over. */
export function writeOutput(
  answer: Answer,
  asked: Asked,
  stage: Stage,
): { readonly status: string; readonly output: readonly JsonObject[] } {
  const reason = incompleteReason(answer.stop, answer.parts);
  const pieces = piecesOf(answer, asked);
  const output = pieces.map((piece, index) => {
    const broken = reason !== undefined && index === pieces.length - 1;
    return writeItem(piece, answer, asked, broken ? 'incomplete' : 'completed', stage);
  });
  if (answer.stop === 'failed') return { status: 'failed', output };
  return { status: reason === undefined ? 'completed' : 'incomplete', output };
}

/** The usage object: input tokens hold what came from a cache, too. */
export function writeUsage(usage: AnswerUsage): JsonObject {
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.thinking },
    total_tokens: input + usage.output,
    ...usage.extra,
  };
}

/** The response object, with what the request asked for in it. */
export function writeResponse(
  answer: Answer,
  asked: Asked,
  state: { readonly status: string; readonly output: readonly JsonObject[]; readonly over: boolean },
): JsonObject {
  const { body } = asked;
  const created = Math.floor(Date.now() / 1000);
  const reason = state.over ? incompleteReason(answer.stop, answer.parts) : undefined;
  const { effort = null, summary = null } = objectOf(body.reasoning);
  const failed = state.status === 'failed' ? { code: 'server_error', message: 'The model failed to answer.' } : null;
  return {
    id: answer.id,
    object: 'response',
    created_at: created,
    status: state.status,
    background: body.background ?? false,
    completed_at: state.status === 'completed' ? created : null,
    error: failed,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: answer.model,
    output: [...state.output],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort, summary },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: state.over ? 'default' : 'auto',
    store: body.store ?? true,
    temperature: numberOf(body.temperature) ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOf(body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: listOf(body.tools).map(echoedTool),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: numberOf(body.top_p) ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: state.over && answer.usage !== null ? writeUsage(answer.usage) : null,
    user: body.user ?? null,
    metadata: objectOf(body.metadata),
    ...(state.over ? answer.members : {}),
  };
}

function echoedTool(tool: Json): Json {
  const { type, strict = true, description = null, ...rest } = objectOf(tool);
  return type === 'function' ? { type, description, strict, ...rest } : tool;
}

/** A whole answer. */
export function writeWhole(answer: Answer, asked: Asked): JsonObject {
  return writeResponse(answer, asked, { ...writeOutput(answer, asked, 'response'), over: true });
}
