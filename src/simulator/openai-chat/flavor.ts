import type { IncomingCall } from '../dialect.ts';
import type { Flavor, Rules } from '../scenario.ts';

const INVOCATIONS = /\/serving-endpoints\/([^/]+)\/invocations$/;

/** What kind of server answers: a path of Databricks makes it Databricks, otherwise the rules say. */
export function flavorOf(call: Pick<IncomingCall, 'path' | 'rules'>): Flavor {
  return INVOCATIONS.test(call.path) && call.rules.flavor === 'openai' ? 'databricks' : call.rules.flavor;
}

/** The model that stands in a Databricks path, or undefined. */
export function modelInPath(path: string): string | undefined {
  const name = INVOCATIONS.exec(path)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}

/** Top-level fields that each kind of server takes beside OpenAI's own. `*` = any. */
const EXTRA: Readonly<Record<Flavor, readonly string[]>> = {
  openai: [],
  openrouter: (
    'provider transforms models route plugins usage reasoning min_p top_a top_k repetition_penalty include_reasoning ' +
    'session_id debug trace cache_control'
  ).split(' '),
  litellm: ['*'],
  databricks: ['thinking', 'top_k'],
  compatible: ['*'],
};

/** The extra top-level fields that this call may have; undefined = any. */
export function extraFields(flavor: Flavor, rules: Rules): readonly string[] | undefined {
  const extra = EXTRA[flavor];
  return extra.includes('*') || rules.allow.includes('*') ? undefined : [...extra, ...rules.allow];
}
