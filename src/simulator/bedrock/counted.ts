import { isObject, type Json, type JsonObject, objectOf, textOf } from '../json.ts';

/** The JSON that a text is, or undefined. */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What a request for a count wants counted: a conversation, or the body of an invocation. */
export function countedIn(body: JsonObject): { readonly converse?: JsonObject; readonly invoked?: JsonObject } {
  const { converse, invokeModel } = objectOf(body.input);
  if (isObject(converse)) return { converse };
  const invoked = jsonIn(Buffer.from(textOf(objectOf(invokeModel).body), 'base64').toString('utf8'));
  return isObject(invoked) ? { invoked } : {};
}
