import { GatewayError } from '../canon/error.ts';
import type { Headers } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Target } from '../policy/plan.ts';
import type { Operation } from '../providers/operation.ts';
import type { Door, Provider } from '../providers/provider.ts';
import type { Pieces } from '../wire/pieces.ts';
import type { Call } from './call.ts';
import { mayBeRenewed } from './credentialed.ts';
import type { Delivered } from './delivery.ts';
import { answered, inTurn, maxName } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { explained, notOffered } from './offering.ts';
import { type RelayBody, relayBody } from './relay-body.ts';
import { RelayDelivery } from './relay-delivery.ts';
import { authorized, traced, type Unsigned, withQuery } from './wire-call.ts';

/** What a call asks for that is passed on as it is. */
export interface RelayWish {
  readonly operation: Operation;
  readonly method: Unsigned['method'];
  /** What comes after the operation's own path, with its slash, or nothing. */
  readonly rest: string;
}

/** Header and query by which a client chooses who is asked: ids of files belong to one provider. */
const choiceHeader = 'x-dragoman-provider';
const choiceQuery = 'provider';

/** Takes a call to a provider and its answer back, both as they are but for the model's name. Never throws. */
export async function relay(gateway: Gateway, call: Call, wish: RelayWish): Promise<void> {
  await answered(gateway, call, () => {
    const body = relayBody(call);
    call.record.model = (body.model ?? '').slice(0, maxName);
    call.record.stream = body.stream;
    if (body.stream) call.streams?.();
    const targets = targetsFor(gateway, call, wish, body.model);
    if (targets.length === 0) throw notOffered(gateway, wish.operation);
    return inTurn(gateway, { call, isOnce: wish.method === 'POST' }, targets, (target) =>
      attempt(gateway, call, { ...wish, body }, target),
    );
  });
}

/** Whom the client has chosen; else who has the model; else who offers such a thing. */
function targetsFor(gateway: Gateway, call: Call, { operation }: RelayWish, model?: string): readonly Target[] {
  const chosen = call.headers[choiceHeader] ?? new URLSearchParams(call.query).get(choiceQuery) ?? undefined;
  if (chosen === undefined) return gateway.planOperation(operation, model);
  const provider = gateway.providers.get(chosen);
  if (provider === undefined) {
    const names = [...gateway.providers.keys()].join(', ');
    const message = `There is no provider "${chosen.slice(0, 100)}" here. There are: ${names}.`;
    throw new GatewayError('invalid_request', message, { param: choiceQuery });
  }
  const bare = model?.startsWith(`${chosen}/`) === true ? model.slice(chosen.length + 1) : model;
  return [{ provider: chosen, model: bare === undefined ? '' : provider.modelName(bare), strict: false }];
}

async function attempt(
  gateway: Gateway,
  call: Call,
  wish: RelayWish & { readonly body: RelayBody },
  target: Target,
): Promise<Delivered> {
  const provider = gateway.provider(target.provider);
  const named = wish.body.model !== undefined;
  const model = named ? gateway.memory.nameOf(provider.name, target.model) : '';
  call.record.provider = provider.name;
  call.record.upstreamModel = model;
  const door = provider.door(wish.operation, named ? { model } : {});
  if (door === undefined) return { delivered: false, error: notOffered(gateway, wish.operation, provider) };
  call.record.carriage = 'passed';
  const plain = requestFor(gateway, call, wish, { provider, door, body: wish.body.named(model) });
  const request = traced(gateway, call, plain);
  const result = await deliver(gateway, call, { provider, door }, request);
  if (result.delivered) return result;
  // Of something that has an id the provider itself knows best that it is not there.
  const instead = wish.rest === '' ? explained(gateway, wish.operation, provider, result.error) : undefined;
  return instead === undefined ? result : { delivered: false, error: instead };
}

async function deliver(
  gateway: Gateway,
  call: Call,
  { provider, door }: { readonly provider: Provider; readonly door: Door },
  request: Unsigned,
): Promise<Delivered> {
  for (let renewed = false; ; renewed = true) {
    const credentials = await provider.authorize(request);
    if (call.reply.gone) {
      call.record.error = 'client_gone';
      return { delivered: true, unanswered: true };
    }
    call.record.tries += 1;
    const delivery = new RelayDelivery(gateway, call, dialectNamed(door.speaks), credentials);
    delivery.attach(gateway.sender.send(authorized(request, credentials), delivery));
    const result = await delivery.done;
    if (result.delivered || renewed || !mayBeRenewed(result.error.status, provider, credentials)) return result;
  }
}

function requestFor(
  gateway: Gateway,
  call: Call,
  { method, rest }: RelayWish,
  { provider, door, body }: { readonly provider: Provider; readonly door: Door; readonly body: Pieces | undefined },
): Unsigned {
  const type = call.headers['content-type'];
  return {
    method,
    origin: door.origin,
    path: withQuery(door.path(rest), providersQuery(call.query)),
    headers: {
      accept: call.headers['accept'] ?? '*/*',
      'user-agent': gateway.userAgent,
      ...passedHeaders(call, door),
      ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
    },
    ...(body !== undefined && { body }),
    timeouts: provider.timeouts,
  };
}

function passedHeaders({ dialect, headers }: Call, { speaks }: Door): Headers {
  const passed: { [name: string]: string } = {};
  if (speaks !== dialect.name) return passed;
  for (const name of dialect.pass?.requestHeaders ?? []) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** The client's query without what is meant for the gateway, its key among it. */
function providersQuery(query: string): string {
  if (!/[?&](?:provider|key)=/.test(query)) return query;
  const params = new URLSearchParams(query);
  params.delete(choiceQuery);
  params.delete('key');
  return params.size === 0 ? '' : `?${params.toString()}`;
}
