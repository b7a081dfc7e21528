import {
  type Asked,
  completeAsked,
  joinTexts,
  mergeTurns,
  type OfferedTool,
  type PastResult,
  splitReminders,
  type Turn,
} from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';

/** A request in neutral words. */
export function readRequest(call: IncomingCall): Asked {
  const { body } = call;
  const messages = listOf(body.messages).filter(isObject);
  const spoken = messages.filter((message) => message.role === 'user' || message.role === 'assistant');
  const systems = [body.system, ...messages.filter(({ role }) => role === 'system').map(({ content }) => content)];
  const thinking = objectOf(body.thinking).type;
  return completeAsked({
    operation: call.operation,
    dialect: 'anthropic',
    model: textOf(body.model),
    stream: body.stream === true,
    maxTokens: numberOf(body.max_tokens),
    stopSequences: listOf(body.stop_sequences).map(textOf),
    system: systems.map((content) => textIn(content)).join('\n'),
    turns: mergeTurns(spoken.map(turnOf)),
    tools: listOf(body.tools).filter(isObject).flatMap(offered),
    forcedTool: forced(objectOf(body.tool_choice)),
    schema: schemaOf(body),
    mustThink: thinking === 'enabled',
    inputTokens: estimateTokens(body.system, body.messages, body.tools),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body,
  });
}

function offered(tool: JsonObject): OfferedTool[] {
  if (tool.defer_loading === true && tool.input_schema === undefined) return [];
  return [{ name: textOf(tool.name), schema: objectOf(tool.input_schema) }];
}

function forced(choice: JsonObject): Asked['forcedTool'] {
  if (choice.type === 'any') return { any: true };
  return choice.type === 'tool' ? { name: textOf(choice.name) } : undefined;
}

function schemaOf(body: JsonObject): JsonObject | undefined {
  const format = objectOf(body.output_format ?? objectOf(body.output_config).format);
  return isObject(format.schema) ? format.schema : undefined;
}

function blocksOf(content: Json | undefined): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listOf(content).filter(isObject);
}

function textIn(content: Json | undefined): string {
  return joinTexts(blocksOf(content).map((block) => textOf(block.text)));
}

function mediaIn(blocks: readonly JsonObject[]): number {
  return blocks.filter(({ type }) => type === 'image' || type === 'document').length;
}

function turnOf(message: JsonObject): Turn {
  const blocks = blocksOf(message.content);
  const results = blocks.filter(({ type }) => type === 'tool_result');
  const texts = blocks.map((block) => splitReminders(block.type === 'text' ? textOf(block.text) : ''));
  return {
    role: message.role === 'assistant' ? 'assistant' : 'user',
    text: joinTexts(texts.map(({ text }) => text)),
    reminders: joinTexts(texts.map(({ reminders }) => reminders)),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map((block) => ({ id: textOf(block.id), name: textOf(block.name) })),
    results: results.map(resultOf),
    media: mediaIn([...blocks, ...results.flatMap((result) => blocksOf(result.content))]),
  };
}

function resultOf(block: JsonObject): PastResult {
  const references = blocksOf(block.content).map(({ tool_name: name }) => textOf(name));
  return {
    id: textOf(block.tool_use_id),
    text: joinTexts([textIn(block.content), ...references]),
    isError: block.is_error === true,
  };
}
