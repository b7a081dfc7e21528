import { type Asked, completeAsked, joinTexts, mergeTurns, splitReminders, type Turn } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { earlierItems, itemsOf } from './memory.ts';
import { offeredTools } from './offered.ts';

const SYSTEM = ['system', 'developer'];

/** A request in neutral words; what it goes back to by the id of a response is part of the conversation. */
export function readRequest(call: IncomingCall): Asked {
  const { body } = call;
  const earlier = earlierItems(body.previous_response_id, call.memory);
  const items = [...earlier, ...itemsOf(body.input)];
  const isSystem = ({ role }: JsonObject): boolean => SYSTEM.includes(textOf(role));
  const format = objectOf(objectOf(body.text).format);
  return completeAsked({
    operation: call.operation,
    dialect: 'openai-responses',
    model: textOf(body.model),
    stream: body.stream === true,
    maxTokens: numberOf(body.max_output_tokens),
    stopSequences: [],
    system: joinTexts([textOf(body.instructions), ...items.filter(isSystem).map(({ content }) => textIn(content))]),
    turns: mergeTurns(items.filter((item) => !isSystem(item)).flatMap(turnOf)),
    tools: offeredTools(body.tools).map(({ name, schema }) => ({ name, schema: objectOf(schema) })),
    forcedTool: forced(body.tool_choice),
    schema: isObject(format.schema) ? format.schema : undefined,
    mustThink: false,
    inputTokens: estimateTokens(body.instructions, earlier, body.input, body.tools),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body,
  });
}

function forced(choice: Json | undefined): Asked['forcedTool'] {
  if (choice === 'required') return { any: true };
  const { type, name, mode, tools } = objectOf(choice);
  if (type === 'allowed_tools' && mode === 'required') return { name: textOf(objectOf(listOf(tools)[0]).name) };
  return (type === 'function' || type === 'custom') && textOf(name) !== '' ? { name: textOf(name) } : undefined;
}

function partsOf(content: Json | undefined): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'input_text', text: content }];
  return listOf(content).filter(isObject);
}

function textIn(content: Json | undefined): string {
  return joinTexts(partsOf(content).map(({ text, refusal }) => textOf(text ?? refusal)));
}

function mediaIn(content: Json | undefined): number {
  return partsOf(content).filter(({ type }) => type === 'input_image' || type === 'input_file').length;
}

function turnOf(item: JsonObject): Turn[] {
  const empty = { text: '', reminders: '', calls: [], results: [], media: 0 } as const;
  const type = textOf(item.type) || 'message';
  if (type === 'message') {
    const role = item.role === 'assistant' ? 'assistant' : 'user';
    return [{ ...empty, role, ...splitReminders(textIn(item.content)), media: mediaIn(item.content) }];
  }
  const id = textOf(item.call_id);
  if (type === 'function_call' || type === 'custom_tool_call') {
    return [{ ...empty, role: 'assistant', calls: [{ id, name: textOf(item.name) }] }];
  }
  if (type === 'function_call_output' || type === 'custom_tool_call_output') {
    const text = textIn(item.output);
    const result = { id, text, isError: /^error\b/i.test(text) };
    return [{ ...empty, role: 'user', results: [result], media: mediaIn(item.output) }];
  }
  return [];
}
