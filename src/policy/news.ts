import { type ErrorKind, errorKinds } from '../canon/error.ts';
import { isObject } from '../canon/json.ts';

/** What gateways that serve together tell one another, so that not each of them has to find out by calls that fail. */
export interface News {
  /** Whose circuit, as in `CircuitChange`; or `target:name#2/model`, where a model rests for one key. */
  readonly scope: string;
  /** For how long it is to be left alone, milliseconds; 0: it is well again. */
  readonly restMs: number;
  /** Kind of the error that it rests for. */
  readonly why: ErrorKind;
}

/** A scope in its parts. */
export interface Scope {
  readonly of: 'provider' | 'key' | 'model' | 'target';
  readonly provider: string;
  /** Empty where it is no model's. */
  readonly model: string;
}

/** Characters that names may have. */
const longest = 1024;

/** The news in what somebody has sent; nothing where it is none. */
export function readNews(value: unknown): News | undefined {
  if (!isObject(value)) return undefined;
  const { scope, restMs, why } = value;
  if (typeof scope !== 'string' || scope.length > longest || splitScope(scope) === undefined) return undefined;
  if (typeof restMs !== 'number' || !Number.isFinite(restMs) || restMs < 0) return undefined;
  if (typeof why !== 'string' || !Object.hasOwn(errorKinds, why)) return undefined;
  return { scope, restMs, why: why as ErrorKind };
}

/** `model:name/vendor/model` and the like; nothing where it is no scope. */
export function splitScope(scope: string): Scope | undefined {
  const found = /^(provider|key|model|target):([^/]+)(?:\/(.+))?$/s.exec(scope);
  const [, of, provider = '', model = ''] = found ?? [];
  const hasModel = of === 'model' || of === 'target';
  return found === null || hasModel !== (model !== '') ? undefined : { of: of as Scope['of'], provider, model };
}
