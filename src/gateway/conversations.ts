import { randomBytes } from 'node:crypto';
import { GatewayError } from '../canon/error.ts';
import type { Sink } from '../canon/event.ts';
import { createFold, type Folded } from '../canon/fold.ts';
import { isObject, type JsonObject, parseJson, stringIn } from '../canon/json.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { Pieces } from '../wire/pieces.ts';
import type { Call, KeepAnswer } from './call.ts';
import { parseBody } from './incoming.ts';

/** How long an answer that is to be kept is kept, milliseconds: thirty days. */
const keptMs = 30 * 24 * 60 * 60 * 1000;
/** Answers that may stand one upon another. */
const longestChain = 10_000;

/** An answer that can be gone on from. */
interface KeptAnswer {
  /** The answer before it. */
  readonly previous?: string;
  /** What the client said in this call. */
  readonly input: readonly JsonObject[];
  /** The answer as the client was given it. */
  readonly response: JsonObject;
}

/** A conversation that the client names. */
interface KeptConversation {
  readonly id: string;
  readonly created_at: number;
  readonly metadata: JsonObject;
  readonly items: readonly JsonObject[];
}

/**
 * Keeps what a client may go on from by naming it, so that any provider can answer the next call: what was said before
 * is put in front of it. Each caller sees its own alone.
 */
export class Conversations {
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** The call with everything it refers to in its own body, and with a keeper for its answer. Most calls refer to nothing and are kept by nobody. */
  resolved(call: Call): Call {
    const side = call.dialect.client.conversation;
    if (side === undefined) return call;
    const body = parseBody(call.body);
    const previous = stringIn(body['previous_response_id']);
    const conversation = conversationIn(body);
    if (previous !== undefined && conversation !== undefined) {
      const message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'.";
      throw new GatewayError('invalid_request', message, { param: 'previous_response_id' });
    }
    const input = side.inputItems(body);
    const before = this.#before(call, previous, conversation);
    const keep = this.#keeper(call, input, { previous, conversation }, body['store'] !== false);
    const id = previous ?? conversation;
    const param = previous === undefined ? 'conversation' : 'previous_response_id';
    const kept: Call = {
      ...call,
      ...(keep !== undefined && { keep }),
      ...(id !== undefined && before === undefined && { unknown: { param, id } }),
    };
    if (before === undefined) return kept;
    const { previous_response_id: _, conversation: __, ...rest } = body;
    const resolved =
      conversation === undefined ? { previous_response_id: previous } : { conversation: { id: conversation } };
    return { ...kept, resolved, body: Pieces.ofText(JSON.stringify({ ...rest, input: [...before, ...input] })) };
  }

  /** What was said before; nothing where the call refers to nothing that is kept here. */
  #before(call: Call, previous: string | undefined, conversation: string | undefined): JsonObject[] | undefined {
    if (conversation !== undefined) return this.#conversation(call, conversation)?.items.slice();
    return previous === undefined ? undefined : this.itemsUpTo(call, previous);
  }

  /** Everything that was said up to an answer, itself included; nothing when it is not kept here. */
  itemsUpTo(call: Call, id: string): JsonObject[] | undefined {
    const side = call.dialect.client.conversation;
    const links: KeptAnswer[] = [];
    for (let at: string | undefined = id; at !== undefined; at = links.at(-1)?.previous) {
      const kept = this.#answer(call, at);
      if (kept === undefined || links.length > longestChain) return undefined;
      links.push(kept);
    }
    return links.reverse().flatMap(({ input, response }) => [...input, ...(side?.outputItems(response) ?? [])]);
  }

  /** What was said in the call that gave this answer, and before; nothing when it is not kept here. */
  inputOf(call: Call, id: string): JsonObject[] | undefined {
    const kept = this.#answer(call, id);
    if (kept === undefined) return undefined;
    const before = kept.previous === undefined ? [] : this.itemsUpTo(call, kept.previous);
    return [...(before ?? []), ...kept.input];
  }

  responseOf(call: Call, id: string): JsonObject | undefined {
    return this.#answer(call, id)?.response;
  }

  forgetResponse(call: Call, id: string): boolean {
    return this.#store.delete(answerKey(call, id));
  }

  #keeper(
    call: Call,
    input: readonly JsonObject[],
    refers: { readonly previous: string | undefined; readonly conversation: string | undefined },
    store: boolean,
  ): KeepAnswer | undefined {
    const { previous, conversation } = refers;
    if (!store && conversation === undefined) return undefined;
    const keep = (answer: Folded, request: ChatRequest): void => {
      const response = call.dialect.client.writeResponse(answer, request);
      const kept: KeptAnswer = { input, response, ...(previous !== undefined && { previous }) };
      if (store) this.#store.put(answerKey(call, stringIn(response['id']) ?? answer.id), JSON.stringify(kept), keptMs);
      const items = call.dialect.client.conversation?.outputItems(response) ?? [];
      if (conversation !== undefined) this.append(call, conversation, [...input, ...items]);
    };
    return keeping(`resp_${call.id.replace(/^req_/, '')}`, keep);
  }

  #answer(call: Call, id: string): KeptAnswer | undefined {
    const kept = parseJson(this.#store.get(answerKey(call, id)) ?? '');
    return isObject(kept) ? (kept as unknown as KeptAnswer) : undefined;
  }

  // --- conversations that clients make themselves

  createConversation(call: Call, items: readonly JsonObject[], metadata: JsonObject): JsonObject {
    const id = `conv_${randomBytes(24).toString('hex')}`;
    const conversation = { id, created_at: Math.floor(Date.now() / 1000), metadata, items: items.map(withId) };
    this.#keepConversation(call, conversation);
    return told(conversation);
  }

  conversationOf(call: Call, id: string): JsonObject | undefined {
    const conversation = this.#conversation(call, id);
    return conversation === undefined ? undefined : told(conversation);
  }

  itemsOf(call: Call, id: string): readonly JsonObject[] | undefined {
    return this.#conversation(call, id)?.items;
  }

  changeMetadata(call: Call, id: string, metadata: JsonObject): JsonObject | undefined {
    const conversation = this.#conversation(call, id);
    if (conversation === undefined) return undefined;
    this.#keepConversation(call, { ...conversation, metadata });
    return told({ ...conversation, metadata });
  }

  /** The items with their ids; nothing when there is no such conversation. */
  append(call: Call, id: string, items: readonly JsonObject[]): readonly JsonObject[] | undefined {
    const conversation = this.#conversation(call, id);
    if (conversation === undefined) return undefined;
    const added = items.map(withId);
    this.#keepConversation(call, { ...conversation, items: [...conversation.items, ...added] });
    return added;
  }

  removeItem(call: Call, id: string, item: string): JsonObject | undefined {
    const conversation = this.#conversation(call, id);
    if (conversation === undefined) return undefined;
    this.#keepConversation(call, { ...conversation, items: conversation.items.filter((one) => one['id'] !== item) });
    return told(conversation);
  }

  forgetConversation(call: Call, id: string): boolean {
    return this.#store.delete(conversationKey(call, id));
  }

  #conversation(call: Call, id: string): KeptConversation | undefined {
    const kept = parseJson(this.#store.get(conversationKey(call, id)) ?? '');
    return isObject(kept) ? (kept as unknown as KeptConversation) : undefined;
  }

  #keepConversation(call: Call, conversation: KeptConversation): void {
    this.#store.put(conversationKey(call, conversation.id), JSON.stringify(conversation), keptMs);
  }
}

/** Gives the answer a name of our own, and hands it over as soon as it is whole, before the client knows that it is. */
function keeping(id: string, keep: (answer: Folded, request: ChatRequest) => void): KeepAnswer {
  return (request) =>
    (next: Sink): Sink => {
      const fold = createFold();
      return (event) => {
        const named = event.type === 'start' ? { ...event, id } : event;
        fold.sink(named);
        if (named.type === 'finish') keep(fold.result(), request);
        next(named);
      };
    };
}

function conversationIn(body: JsonObject): string | undefined {
  const { conversation } = body;
  return isObject(conversation) ? stringIn(conversation['id']) : stringIn(conversation);
}

/** How the ids of items begin; providers refuse others. */
const idPrefixes: { readonly [type: string]: string } = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
};

function withId(item: JsonObject): JsonObject {
  if (stringIn(item['id']) !== undefined) return item;
  const prefix = idPrefixes[stringIn(item['type']) ?? 'message'] ?? 'item';
  return { id: `${prefix}_${randomBytes(24).toString('hex')}`, ...item };
}

function told({ items: _, ...conversation }: KeptConversation): JsonObject {
  return { ...conversation, object: 'conversation' };
}

function answerKey({ caller }: Call, id: string): string {
  return `response ${caller} ${id}`;
}

function conversationKey({ caller }: Call, id: string): string {
  return `conversation ${caller} ${id}`;
}
