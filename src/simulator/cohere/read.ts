import { type Asked, completeAsked, joinTexts, mergeTurns, splitReminders, type Turn } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { embeddedTexts } from './embeddings.ts';

/** A request in neutral words; one for vectors or a ranking has nobody speaking in it. */
export function readRequest(call: IncomingCall): Asked {
  const { body } = call;
  const messages = listOf(body.messages).filter(isObject);
  const systems = messages.filter(({ role }) => role === 'system');
  return completeAsked({
    operation: call.operation,
    dialect: 'cohere',
    model: textOf(body.model),
    stream: body.stream === true,
    maxTokens: numberOf(body.max_tokens),
    stopSequences: listOf(body.stop_sequences).map(textOf),
    system: joinTexts(systems.map(({ content }) => textIn(content))),
    turns: mergeTurns(messages.filter(({ role }) => role !== 'system').map(turnOf)),
    tools: listOf(body.tools)
      .map((tool) => objectOf(objectOf(tool).function))
      .map(({ name, parameters }) => ({ name: textOf(name), schema: objectOf(parameters) })),
    forcedTool: body.tool_choice === 'REQUIRED' ? { any: true } : undefined,
    schema: schemaOf(objectOf(body.response_format)),
    mustThink: objectOf(body.thinking).type === 'enabled',
    inputTokens: estimateTokens(body.messages, body.tools, body.documents, body.query, embeddedTexts(body)),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body,
  });
}

/** Any object will do where JSON is asked for without a schema. */
function schemaOf(format: JsonObject): JsonObject | undefined {
  if (format.type !== 'json_object') return undefined;
  return isObject(format.json_schema) ? format.json_schema : { type: 'object' };
}

function textIn(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  return joinTexts(
    listOf(content)
      .map(objectOf)
      .map(({ text, document }) => (isObject(document) ? JSON.stringify(document.data ?? '') : textOf(text))),
  );
}

function turnOf(message: JsonObject): Turn {
  const text = textIn(message.content);
  if (message.role === 'tool') {
    const result = { id: textOf(message.tool_call_id), text, isError: false };
    return { role: 'user', text: '', reminders: '', calls: [], results: [result], media: 0 };
  }
  return {
    role: message.role === 'assistant' ? 'assistant' : 'user',
    ...splitReminders(text),
    calls: listOf(message.tool_calls)
      .map(objectOf)
      .map((call) => ({ id: textOf(call.id), name: textOf(objectOf(call.function).name) })),
    results: [],
    media: listOf(message.content).filter((block) => objectOf(block).type === 'image_url').length,
  };
}
