import { GatewayError } from '../canon/error.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../canon/json.ts';
import type { Call } from '../gateway/call.ts';
import { parseBody } from '../gateway/incoming.ts';
import { jsonReply } from '../gateway/reply.ts';
import { Pieces } from '../wire/pieces.ts';
import { readBody } from './body.ts';
import type { ClientRequest } from './request.ts';
import type { Serving } from './serving.ts';

/** A request for something that was kept. */
interface Asked {
  readonly method: string;
  readonly parts: readonly string[];
  readonly query: string;
  readonly body: JsonObject;
}

/** Items on one page, unless the client says otherwise, and the most it may ask for. */
const usualPage = 20;
const longestPage = 100;

const keptPath = /^(?:\/v1|\/openai\/v1)?\/(responses|conversations)(?:\/(.*))?$/;

/** Whether a path is about answers and conversations that were kept. */
export function isKeptPath(path: string): boolean {
  return keptPath.test(path);
}

/** Answers requests about kept answers and conversations. @throws not_found, invalid_request */
export async function keptRoute(
  serving: Serving,
  request: ClientRequest,
  call: Call,
  { path, query }: { readonly path: string; readonly query: string },
): Promise<void> {
  const [, what, rest] = keptPath.exec(path) ?? [];
  const parts = rest === undefined || rest === '' ? [] : rest.split('/').map(decodeURIComponent);
  const method = request.method;
  const raw = method === 'POST' ? await readBody(request, serving.maxBody) : new Pieces([]);
  const asked: Asked = { method, parts, query, body: raw.length === 0 ? {} : parseBody(raw) };
  const answer = what === 'responses' ? aboutResponse(serving, call, asked) : aboutConversation(serving, call, asked);
  if (answer === undefined) throw new GatewayError('not_found', `There is nothing at ${method} ${path}.`);
  jsonReply(call, 200, Buffer.from(JSON.stringify(answer)));
}

function aboutResponse({ gateway }: Serving, call: Call, asked: Asked): JsonObject | undefined {
  const { conversations } = gateway;
  const [id, part] = asked.parts;
  if (id === undefined) return undefined;
  const missing = (): GatewayError =>
    new GatewayError('not_found', `Response with id '${id}' not found.`, { param: 'response_id' });
  if (part === 'input_items' && asked.method === 'GET') {
    return page(found(conversations.inputOf(call, id), missing), asked.query, id);
  }
  if (part === 'cancel' && asked.method === 'POST') {
    found(conversations.responseOf(call, id), missing);
    throw new GatewayError('invalid_request', 'Only responses that run in the background can be cancelled.');
  }
  if (part !== undefined) return undefined;
  if (asked.method === 'GET') return found(conversations.responseOf(call, id), missing);
  if (asked.method !== 'DELETE') return undefined;
  if (!conversations.forgetResponse(call, id)) throw missing();
  return { id, object: 'response', deleted: true };
}

function aboutConversation({ gateway }: Serving, call: Call, asked: Asked): JsonObject | undefined {
  const { conversations } = gateway;
  const { method, parts, body } = asked;
  const [id, part] = parts;
  if (id === undefined) {
    return method === 'POST'
      ? conversations.createConversation(call, objectsIn(body['items']), metadataIn(body))
      : undefined;
  }
  const missing = (): GatewayError =>
    new GatewayError('not_found', `Conversation with id '${id}' not found.`, { param: 'conversation_id' });
  if (part === 'items') return aboutItems(call, conversations, id, asked, missing);
  if (part !== undefined) return undefined;
  if (method === 'GET') return found(conversations.conversationOf(call, id), missing);
  if (method === 'POST') return found(conversations.changeMetadata(call, id, metadataIn(body)), missing);
  if (method !== 'DELETE') return undefined;
  if (!conversations.forgetConversation(call, id)) throw missing();
  return { id, object: 'conversation.deleted', deleted: true };
}

function aboutItems(
  call: Call,
  conversations: Serving['gateway']['conversations'],
  id: string,
  { method, parts, query, body }: Asked,
  missing: () => GatewayError,
): JsonObject | undefined {
  const item = parts[2];
  if (item === undefined && method === 'GET') return page(found(conversations.itemsOf(call, id), missing), query, id);
  if (item === undefined && method === 'POST') {
    const added = found(conversations.append(call, id, objectsIn(body['items'])), missing);
    return list(added, false);
  }
  if (item === undefined) return undefined;
  const one = found(conversations.itemsOf(call, id), missing).find((each) => each['id'] === item);
  if (one === undefined) throw new GatewayError('not_found', `Item with id '${item}' not found.`, { param: 'item_id' });
  if (method === 'GET') return one;
  return method === 'DELETE' ? conversations.removeItem(call, id, item) : undefined;
}

function found<T>(value: T | undefined, missing: () => GatewayError): T {
  if (value === undefined) throw missing();
  return value;
}

function metadataIn(body: JsonObject): JsonObject {
  return isObject(body['metadata']) ? body['metadata'] : {};
}

/** One page of items, the newest first unless the client says otherwise. */
function page(items: readonly JsonObject[], query: string, owner: string): JsonObject {
  const params = new URLSearchParams(query);
  const named = items.map(
    (item, i): JsonObject => (stringIn(item['id']) === undefined ? { id: `item_${owner}_${i}`, ...item } : item),
  );
  const ordered = params.get('order') === 'asc' ? named : named.toReversed();
  const after = params.get('after');
  const from = after === null ? 0 : ordered.findIndex((item) => item['id'] === after) + 1;
  const wanted = Number(params.get('limit') ?? usualPage);
  const limit = Number.isInteger(wanted) ? Math.min(longestPage, Math.max(1, wanted)) : usualPage;
  return list(ordered.slice(from, from + limit), from + limit < ordered.length);
}

function list(data: readonly JsonObject[], more: boolean): JsonObject {
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: more,
  };
}
