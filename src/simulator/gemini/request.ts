import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { camel, snake } from './refusal.ts';

/** Members whose inside is the client's own: it is not touched. */
const OPAQUE = ['args', 'response', 'parametersJsonSchema', 'responseJsonSchema', 'labels', 'default', 'example'];

/** The same value with camel-case names; `properties` keep the names of their members. */
function renamed(value: Json, keepNames: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => renamed(item, false));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, Json | undefined] => {
    const name = keepNames ? key : camel(key);
    if (member === undefined || (!keepNames && OPAQUE.includes(name))) return [name, member];
    return [name, renamed(member, !keepNames && name === 'properties')];
  });
  return Object.fromEntries(entries);
}

/** A request with its names in camel case; that of a token count may be wrapped in another one. */
export function requestIn(body: JsonObject): JsonObject {
  const request = objectOf(renamed(body, false));
  return isObject(request.generateContentRequest) ? request.generateContentRequest : request;
}

/** One object of a request with its names in camel case; the rest is not looked at. */
export function memberOf(body: JsonObject, name: string): JsonObject {
  return objectOf(renamed(body[name] ?? body[snake(name)] ?? null, false));
}

/** A list that may be written as its only element, or as a text. */
export function manyOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The turns of a request. */
export function contentsOf(request: JsonObject): JsonObject[] {
  return manyOf(request.contents).map(objectOf);
}

/** The parts of a turn, or of the system instruction. */
export function partsOf(content: Json | undefined): JsonObject[] {
  return manyOf(objectOf(content).parts).map(objectOf);
}

/** The functions that are declared. */
export function declarationsOf(request: JsonObject): JsonObject[] {
  return manyOf(request.tools).flatMap((tool) => manyOf(objectOf(tool).functionDeclarations).map(objectOf));
}

/** How functions may be called: the mode in capitals, and the names that are allowed. */
export function callingOf(request: JsonObject): { mode: string; allowed: readonly string[] } {
  const config = objectOf(objectOf(request.toolConfig).functionCallingConfig);
  return { mode: textOf(config.mode).toUpperCase(), allowed: listOf(config.allowedFunctionNames).map(textOf) };
}

/** True for models older than the third generation, which ask for less. */
export function isOld(model: string): boolean {
  return /gemini-[12](?:\.|-)/.test(model);
}
