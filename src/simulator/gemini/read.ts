import { type Asked, completeAsked, joinTexts, mergeTurns, splitReminders, type Turn } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { estimateTokens } from '../tokens.ts';
import { callingOf, contentsOf, declarationsOf, partsOf, requestIn } from './request.ts';

/** A request in neutral words. */
export function readRequest(call: IncomingCall): Asked {
  const request = requestIn(call.body);
  const config = objectOf(request.generationConfig);
  const { mode, allowed } = callingOf(request);
  const [only] = allowed;
  const forced = only === undefined ? { any: true as const } : { name: only };
  const schema = config.responseSchema ?? config.responseJsonSchema;
  return completeAsked({
    operation: call.operation,
    dialect: 'gemini',
    model: call.model ?? '',
    stream: call.stream === true,
    maxTokens: numberOf(config.maxOutputTokens),
    stopSequences: listOf(config.stopSequences).map(textOf),
    system: joinTexts(partsOf(request.systemInstruction).map(({ text }) => textOf(text))),
    turns: mergeTurns(contentsOf(request).map(turnOf)),
    tools: declarationsOf(request).map((declared) => ({
      name: textOf(declared.name),
      schema: objectOf(declared.parametersJsonSchema ?? plainSchema(declared.parameters)),
    })),
    forcedTool: mode === 'ANY' ? forced : undefined,
    schema: isObject(schema) ? objectOf(plainSchema(schema)) : undefined,
    mustThink: false,
    inputTokens: estimateTokens(request.systemInstruction, request.contents, request.tools),
    headers: call.headers,
    path: call.path,
    query: call.query,
    body: call.body,
  });
}

/** Google's own kind of schema as JSON Schema: types are written in capitals there. */
function plainSchema(schema: Json | undefined): Json {
  if (Array.isArray(schema)) return schema.map(plainSchema);
  if (!isObject(schema)) return schema ?? null;
  return Object.fromEntries(
    Object.entries(schema).map(([name, member]) => [
      name,
      name === 'type' && typeof member === 'string' ? member.toLowerCase() : plainSchema(member),
    ]),
  );
}

function membersOf(parts: readonly JsonObject[], name: string): JsonObject[] {
  return parts.map((part) => part[name]).filter(isObject);
}

function turnOf(content: JsonObject): Turn {
  const parts = partsOf(content);
  const texts = parts.filter(({ thought }) => thought !== true).map(({ text }) => splitReminders(textOf(text)));
  const responses = membersOf(parts, 'functionResponse');
  const media = [...parts, ...responses.flatMap(partsOf)];
  return {
    role: content.role === 'model' ? 'assistant' : 'user',
    text: joinTexts(texts.map(({ text }) => text)),
    reminders: joinTexts(texts.map(({ reminders }) => reminders)),
    calls: membersOf(parts, 'functionCall').map((call) => ({
      id: textOf(call.id) || textOf(call.name),
      name: textOf(call.name),
    })),
    results: responses.map((response) => ({
      id: textOf(response.id) || textOf(response.name),
      text: resultText(objectOf(response.response)),
      isError: objectOf(response.response).error !== undefined,
    })),
    media: [...membersOf(media, 'inlineData'), ...membersOf(media, 'fileData')].length,
  };
}

/** What a function gave back: the usual members hold a text, everything else is JSON. */
function resultText(response: JsonObject): string {
  const value = response.output ?? response.result ?? response.error ?? response.content;
  if (value === undefined) return JSON.stringify(response);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
