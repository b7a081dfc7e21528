import { type Asked, completeAsked, joinTexts, mergeTurns, splitReminders, type Turn } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { modelInPath } from './flavor.ts';

/** A request in neutral words. */
export function readRequest(call: IncomingCall): Asked {
  const { body } = call;
  const messages = listOf(body.messages).filter(isObject);
  const isSystem = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer';
  const format = objectOf(objectOf(body.response_format).json_schema);
  const stop = typeof body.stop === 'string' ? [body.stop] : listOf(body.stop).map(textOf);
  return completeAsked({
    operation: call.operation,
    dialect: 'openai-chat',
    model: textOf(body.model) || (modelInPath(call.path) ?? ''),
    stream: body.stream === true,
    maxTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    stopSequences: stop,
    system: messages
      .filter(isSystem)
      .map(({ content }) => textIn(content))
      .join('\n'),
    turns: mergeTurns(messages.filter((message) => !isSystem(message)).map(turnOf)),
    tools: listOf(body.tools)
      .filter(isObject)
      .map(({ function: offered }) => ({
        name: textOf(objectOf(offered).name),
        schema: objectOf(objectOf(offered).parameters),
      })),
    forcedTool: forced(body.tool_choice),
    schema: isObject(format.schema) ? format.schema : undefined,
    mustThink: false,
    inputTokens: estimateTokens(body.messages, body.tools),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body,
  });
}

function forced(choice: Json | undefined): Asked['forcedTool'] {
  if (choice === 'required' || choice === 'any') return { any: true };
  const name = textOf(objectOf(objectOf(choice).function).name);
  return name === '' ? undefined : { name };
}

function partsOf(content: Json | undefined): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listOf(content).filter(isObject);
}

function textIn(content: Json | undefined): string {
  return joinTexts(partsOf(content).map(({ text }) => textOf(text)));
}

function turnOf(message: JsonObject): Turn {
  const text = textIn(message.content);
  const media = partsOf(message.content).filter(({ type }) => type === 'image_url' || type === 'file').length;
  if (message.role === 'tool') {
    const result = { id: textOf(message.tool_call_id), text, isError: /^error\b/i.test(text) };
    return { role: 'user', text: '', reminders: '', calls: [], results: [result], media };
  }
  const calls = listOf(message.tool_calls).map((call) => ({
    id: textOf(objectOf(call).id),
    name: textOf(objectOf(objectOf(call).function).name),
  }));
  const role = message.role === 'assistant' ? 'assistant' : 'user';
  return { role, ...splitReminders(text), calls, results: [], media };
}
