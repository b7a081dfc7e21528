import {
  type Asked,
  completeAsked,
  joinTexts,
  mergeTurns,
  type PastResult,
  splitReminders,
  type Turn,
} from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { countedIn, jsonIn } from './counted.ts';

/** A Converse request in neutral words; of a token count, the conversation that is counted. */
export function readRequest(call: IncomingCall): Asked {
  const { converse, invoked } = call.operation === 'count' ? countedIn(call.body) : {};
  const body = converse ?? call.body;
  const messages = listOf(body.messages).filter(isObject);
  const { maxTokens, stopSequences } = objectOf(body.inferenceConfig);
  const { tools, toolChoice } = objectOf(body.toolConfig);
  const systems = [body.system, ...messages.filter(({ role }) => role === 'system').map(({ content }) => content)];
  return completeAsked({
    operation: call.operation,
    dialect: 'bedrock-converse',
    model: call.model ?? '',
    stream: call.stream === true,
    maxTokens: numberOf(maxTokens),
    stopSequences: listOf(stopSequences).map(textOf),
    system: joinTexts(systems.map(textIn)),
    turns: mergeTurns(messages.filter(({ role }) => role !== 'system').map(turnOf)),
    tools: listOf(tools)
      .map((tool) => objectOf(objectOf(tool).toolSpec))
      .filter(({ name }) => name !== undefined)
      .map(({ name, inputSchema }) => ({ name: textOf(name), schema: objectOf(objectOf(inputSchema).json) })),
    forcedTool: forced(objectOf(toolChoice)) ?? forcedByClaude(objectOf(body.additionalModelRequestFields)),
    schema: schemaOf(objectOf(body.outputConfig)),
    mustThink: objectOf(objectOf(body.additionalModelRequestFields).thinking).type === 'enabled',
    inputTokens:
      invoked === undefined
        ? estimateTokens(body.system, body.messages, body.toolConfig)
        : estimateTokens(invoked.system, invoked.messages, invoked.tools),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body: call.body,
  });
}

function forced(choice: JsonObject): Asked['forcedTool'] {
  if (choice.any !== undefined) return { any: true };
  return isObject(choice.tool) ? { name: textOf(choice.tool.name) } : undefined;
}

/** Claude's own field, which the service hands on. */
function forcedByClaude(fields: JsonObject): Asked['forcedTool'] {
  const { type, name } = objectOf(fields.tool_choice);
  if (type === 'any') return { any: true };
  return type === 'tool' ? { name: textOf(name) } : undefined;
}

/** The schema stands there as a text. */
function schemaOf(config: JsonObject): JsonObject | undefined {
  const { structure } = objectOf(config.textFormat);
  const schema = jsonIn(textOf(objectOf(objectOf(structure).jsonSchema).schema));
  return isObject(schema) ? schema : undefined;
}

function textIn(content: Json | undefined): string {
  return joinTexts(
    listOf(content)
      .map(objectOf)
      .map(({ text, guardContent, json }) => {
        if (json !== undefined) return JSON.stringify(json);
        return textOf(text) || textOf(objectOf(objectOf(guardContent).text).text);
      }),
  );
}

function turnOf(message: JsonObject): Turn {
  const blocks = listOf(message.content).map(objectOf);
  const results = blocks.map(({ toolResult }) => toolResult).filter(isObject);
  const texts = blocks.map((block) => splitReminders(textIn([block])));
  const inner = results.flatMap(({ content }) => listOf(content).map(objectOf));
  return {
    role: message.role === 'assistant' ? 'assistant' : 'user',
    text: joinTexts(texts.map(({ text }) => text)),
    reminders: joinTexts(texts.map(({ reminders }) => reminders)),
    calls: blocks
      .map(({ toolUse }) => toolUse)
      .filter(isObject)
      .map(({ toolUseId, name }) => ({ id: textOf(toolUseId), name: textOf(name) })),
    results: results.map(resultOf),
    media: [...blocks, ...inner].filter(({ image, document }) => image !== undefined || document !== undefined).length,
  };
}

function resultOf({ toolUseId, content, status }: JsonObject): PastResult {
  return { id: textOf(toolUseId), text: textIn(content), isError: status === 'error' };
}
