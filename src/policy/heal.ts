import { isObject, type JsonObject } from '../canon/json.ts';

/** A change to a request that a provider has asked for by refusing it. Paths name fields; `*` stands for every element of an array. */
export type Remedy =
  | { readonly type: 'drop'; readonly path: readonly string[] }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }
  | { readonly type: 'lower'; readonly field: string; readonly to: number }
  | { readonly type: 'drop_beta'; readonly beta: string }
  /** Anthropic's older models think up to a number of tokens, and know no thinking that adapts itself. */
  | { readonly type: 'think_by_budget' };

/** A request as it goes over the wire, open to change. */
export interface Outgoing {
  readonly body: JsonObject;
  /** Names in the request's `anthropic-beta` header. */
  betas: string[];
}

/** A provider's refusal. */
export interface Refusal {
  readonly message: string;
  /** The field it blames, where its language has a place to say so. */
  readonly param?: string;
}

/** Betas and the fields they unlock: one makes no sense without the other, so they go together. */
const pairs: readonly { readonly beta: RegExp; readonly path: string }[] = [
  { beta: /^context-management-/, path: 'context_management' },
  { beta: /^effort-/, path: 'output_config.effort' },
  { beta: /^task-budgets-/, path: 'output_config.task_budget' },
  { beta: /^mcp-client-/, path: 'mcp_servers' },
  { beta: /^fast-mode-/, path: 'speed' },
  { beta: /^server-side-fallback-/, path: 'fallbacks' },
  { beta: /^fallback-credit-/, path: 'fallback_credit_token' },
  { beta: /^message-threads-/, path: 'thread' },
  { beta: /^compact-/, path: 'compaction' },
  { beta: /^request-tags-/, path: 'tags' },
  { beta: /^(dangerous-tool-use|afk-mode)-/, path: 'safeguards' },
  { beta: /^thinking-display-updates-/, path: 'thinking.display' },
  { beta: /^thinking-binding-controls-/, path: 'thinking.block_binding' },
  { beta: /^(per-turn-control|mid-conversation-output-config)-/, path: 'messages.*.output_config' },
  { beta: /^user-profiles-billing-/, path: 'billing_policy' },
  { beta: /^cache-diagnosis-/, path: 'diagnostics' },
];

/** Without these there is no request left. */
const vital: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'input',
  'contents',
  'system',
  'tools',
  'stream',
  'prompt',
]);

/** Characters of a refusal that are read: what it names stands near its beginning, and some repeat the whole request. */
const maxRead = 4000;

const fieldPatterns: readonly RegExp[] = [
  // Anthropic and everything built on pydantic
  /(?<![\w.])([A-Za-z_][\w.]*)[`'"]?: Extra inputs are not permitted/,
  /["']loc["']:\s*[[(]["']body["'],\s*([^\])]+)[\])]/,
  // OpenAI and its kin
  /Unrecognized request arguments? supplied: ([\w.]+)/,
  /(?:Unknown|Unsupported|Unrecognized|Unexpected) (?:parameter|field|key|property|argument|name)s?:? [`'"]([\w.[\]]+)[`'"]/i,
  /Unsupported value: [`'"]([\w.]+)[`'"]/i,
  /[`'"]([\w.]+)[`'"](?: is| are)?(?: currently)? not (?:supported|permitted|allowed)/i,
  /(?:does not support|doesn't support|unsupported|not supported:?) (?:the )?(?:parameter |field )?[`'"]([\w.]+)[`'"]/i,
  /property [`'"]([\w.]+)[`'"] is unsupported/i,
];

/** What to change so that this refusal does not come again; nothing when it names nothing that the request has and can do without. */
export function remedyFor(outgoing: Outgoing, { message, ...rest }: Refusal): Remedy | undefined {
  const refusal = { ...rest, message: message.slice(0, maxRead) };
  return (
    adaptiveRemedy(outgoing, refusal) ??
    betaRemedy(outgoing, refusal) ??
    lengthRemedy(outgoing, refusal) ??
    renameRemedy(outgoing, refusal) ??
    fieldRemedy(outgoing, refusal)
  );
}

/** Carries the remedy out. False when there was nothing to change. */
export function applyRemedy(outgoing: Outgoing, remedy: Remedy): boolean {
  const { body } = outgoing;
  switch (remedy.type) {
    case 'drop': {
      const dropped = dropPath(body, remedy.path);
      const path = remedy.path.join('.');
      const paired = pairs.filter((pair) => pair.path === path);
      if (dropped && paired.length > 0) {
        outgoing.betas = outgoing.betas.filter((beta) => !paired.some((pair) => pair.beta.test(beta)));
      }
      return dropped;
    }
    case 'rename': {
      const value = body[remedy.from];
      if (value === undefined) return false;
      delete body[remedy.from];
      body[remedy.to] ??= value;
      return true;
    }
    case 'lower': {
      const [owner, name] = ownerOf(body, remedy.field);
      const value = owner?.[name];
      if (owner === undefined || typeof value !== 'number' || value <= remedy.to) return false;
      owner[name] = remedy.to;
      return true;
    }
    case 'think_by_budget':
      return thinkByBudget(body);
    case 'drop_beta': {
      if (!outgoing.betas.includes(remedy.beta)) return false;
      outgoing.betas = outgoing.betas.filter((beta) => beta !== remedy.beta);
      for (const pair of pairs) if (pair.beta.test(remedy.beta)) dropPath(body, pair.path.split('.'));
      return true;
    }
  }
}

/** The remedy in words, for the receipt. */
export function describeRemedy(remedy: Remedy): {
  readonly what: 'dropped' | 'approximated' | 'mapped';
  readonly path: string;
  readonly why: string;
} {
  switch (remedy.type) {
    case 'drop':
      return { what: 'dropped', path: remedy.path.join('.'), why: 'the provider refuses it' };
    case 'rename':
      return { what: 'mapped', path: remedy.from, why: `the provider wants ${remedy.to}` };
    case 'lower':
      return { what: 'approximated', path: remedy.field, why: `the provider allows at most ${remedy.to}` };
    case 'think_by_budget':
      return { what: 'approximated', path: 'thinking', why: 'the model thinks by a budget only' };
    case 'drop_beta':
      return { what: 'dropped', path: `anthropic-beta ${remedy.beta}`, why: 'the provider refuses it' };
  }
}

function adaptiveRemedy({ body }: Outgoing, { message }: Refusal): Remedy | undefined {
  const adapts = isObject(body['thinking']) && body['thinking']['type'] === 'adaptive';
  return adapts && /adaptive thinking is not supported/i.test(message) ? { type: 'think_by_budget' } : undefined;
}

/** Fewest tokens of thinking that can be asked for. */
const leastThinking = 1024;

/** All of the answer may be thinking, but for one token; a short answer has no room for any. */
function thinkByBudget(body: JsonObject): boolean {
  const { thinking, max_tokens: most } = body;
  if (!isObject(thinking) || thinking['type'] !== 'adaptive') return false;
  if (typeof most === 'number' && most > leastThinking)
    body['thinking'] = { ...thinking, type: 'enabled', budget_tokens: most - 1 };
  else delete body['thinking'];
  return true;
}

function betaRemedy({ betas }: Outgoing, { message }: Refusal): Remedy | undefined {
  if (!/beta/i.test(message)) return undefined;
  const beta = betas.find((name) => message.includes(name));
  return beta === undefined ? undefined : { type: 'drop_beta', beta };
}

/** Names of the limit on an answer's length. */
export const lengthFields = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'generationConfig.maxOutputTokens',
  'inferenceConfig.maxTokens',
];

/** The object in which a field with a dotted name lies, and its own name there. */
function ownerOf(body: JsonObject, field: string): readonly [owner: JsonObject | undefined, name: string] {
  const [first = '', second] = field.split('.');
  if (second === undefined) return [body, first];
  const inner = body[first];
  return [isObject(inner) ? inner : undefined, second];
}

function lengthRemedy({ body }: Outgoing, { message }: Refusal): Remedy | undefined {
  if (!/max[_ ]?(?:imum )?(?:completion_|output_?)?tokens/i.test(message)) return undefined;
  const field = lengthFields.find((name) => typeof lengthIn(body, name) === 'number');
  if (field === undefined) return undefined;
  const most =
    /max_(?:completion_|output_)?tokens[`'"]?: \d+ > (\d+)/.exec(message) ??
    /supports? at most (\d+)/.exec(message) ??
    /(?:less than or equal to|must be at most|cannot exceed|maximum (?:allowed )?(?:value )?(?:is|of)|exceeds the model limit of|<=) [`'"]?(\d+)/.exec(
      message,
    ) ??
    /range of (?:max_tokens (?:is|should be:?) )?\[\d+, (\d+)\]/.exec(message);
  // Google names the first number that is too large.
  const beyond = /supported range is from \d+ \(inclusive\) to (\d+) \(exclusive\)/.exec(message)?.[1];
  const to = beyond === undefined ? Number(most?.[1]) : Number(beyond) - 1;
  return to > 0 && Number(lengthIn(body, field)) > to ? { type: 'lower', field, to } : undefined;
}

function lengthIn(body: JsonObject, field: string): unknown {
  const [owner, name] = ownerOf(body, field);
  return owner?.[name];
}

function renameRemedy({ body }: Outgoing, { message }: Refusal): Remedy | undefined {
  const found = /[`'"](\w+)[`'"] is not supported.*[Uu]se [`'"](\w+)[`'"] instead/.exec(message);
  const [, from, to] = found ?? [];
  return from !== undefined && to !== undefined && Object.hasOwn(body, from) ? { type: 'rename', from, to } : undefined;
}

function fieldRemedy(outgoing: Outgoing, { message, param }: Refusal): Remedy | undefined {
  const named = [...cloudFields(message), ...fieldPatterns.map((pattern) => pattern.exec(message)?.[1])].filter(
    (name) => name !== undefined,
  );
  const refused =
    named.length > 0 || /unsupported|unknown|unrecognized|not (?:supported|permitted|allowed)/i.test(message);
  if (refused && param !== undefined) named.push(param);
  if (/does not support the effort parameter/i.test(message)) named.push('output_config.effort', 'reasoning_effort');
  for (const name of named) {
    const path = findPath(outgoing.body, name) ?? findPath(outgoing.body, `additionalModelRequestFields.${name}`);
    if (path !== undefined && !(path.length === 1 && vital.has(path[0] as string))) return { type: 'drop', path };
  }
  return undefined;
}

/** Google and Amazon say where a field stands apart from its name, Google in another spelling than the one it takes. */
function cloudFields(message: string): string[] {
  const google = /Unknown name \\?"(\w+)\\?"(?: at '([^']*)')?: Cannot find field/.exec(message);
  const amazon = /#((?:\/\w+)*): extraneous key \[(\w+)\] is not permitted/.exec(message);
  return [
    ...(google === null ? [] : [[google[2], google[1]].filter((part) => part !== undefined).join('.')]),
    ...(amazon === null ? [] : [`${(amazon[1] ?? '').slice(1).replaceAll('/', '.')}.${amazon[2] ?? ''}`]),
  ].flatMap((name) => [name, name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())]);
}

/** Where in the body the named thing lies: `messages.3.output_config`, `tools[0].strict`, `'body', 'foo'`. */
function findPath(body: JsonObject, name: string): readonly string[] | undefined {
  const segments = name.split(/[.[\],\s'"]+/).filter((segment) => segment !== '');
  const path: string[] = [];
  let at: unknown = body;
  for (const segment of segments) {
    if (Array.isArray(at) && /^\d+$/.test(segment)) {
      at = at[Number(segment)];
      path.push('*');
    } else if (isObject(at) && Object.hasOwn(at, segment)) {
      at = at[segment];
      path.push(segment);
    } else if (!(isObject(at) && path.length > 0 && segment !== segments.at(-1))) {
      // Validators put the name of a variant into the path (`tools.0.custom.strict`): a segment that is no field is passed over, but never the last.
      return undefined;
    }
  }
  return path.length > 0 && path.at(-1) !== '*' ? path : undefined;
}

function dropPath(value: unknown, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return false;
  if (head === '*') {
    let any = false;
    if (Array.isArray(value)) for (const each of value) any = dropPath(each, rest) || any;
    return any;
  }
  if (!isObject(value) || !Object.hasOwn(value, head)) return false;
  if (rest.length === 0) {
    delete value[head];
    return true;
  }
  // What other requests share is not for this one to change.
  if (Object.isFrozen(value[head])) value[head] = structuredClone(value[head]);
  const child = value[head];
  const dropped = dropPath(child, rest);
  // An object that has become empty says nothing any more, and some services refuse it.
  if (dropped && isObject(child) && Object.keys(child).length === 0) delete value[head];
  return dropped;
}
