import { createHook } from 'node:async_hooks';

/** What is counted, and what each count is called in a failure. */
export const counted = {
  parses: 'calls of JSON.parse',
  parsedBytes: 'characters that went through JSON.parse',
  stringifies: 'calls of JSON.stringify',
  concats: 'calls of Buffer.concat',
  copies: 'copies of bytes (Buffer.from, Buffer.concat, copy, set, slice)',
  copiedBytes: 'bytes copied',
  decodes: 'turns of bytes into a string (toString, latin1Slice, utf8Slice, TextDecoder)',
  decodedBytes: 'characters of strings made of bytes',
  encodes: 'turns of a string into bytes (Buffer.from, write, TextEncoder)',
  encodedBytes: 'characters of strings made into bytes',
  promises: 'promises',
  ticks: 'calls of process.nextTick and queueMicrotask',
  timers: 'timers',
  immediates: 'immediates',
} as const;

export type Count = keyof typeof counted;
export type Counts = { readonly [count in Count]: number };

const resources: { readonly [type: string]: Count } = {
  PROMISE: 'promises',
  TickObject: 'ticks',
  Microtask: 'ticks',
  Timeout: 'timers',
  Immediate: 'immediates',
};

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Where a method hangs, as something that can be put in its place. */
type Holder = { [name: string]: Method };

let sums: { [count in Count]: number } = zero();
/** Above zero nothing is counted: what a counted method does inside, or what the measuring itself does. */
let quiet = 0;

function zero(): { [count in Count]: number } {
  return Object.fromEntries(Object.keys(counted).map((name) => [name, 0])) as { [count in Count]: number };
}

/** What is done meanwhile, the methods replaced by ones that count and every promise and timer watched. */
export async function counting(work: () => Promise<void>): Promise<Counts> {
  sums = zero();
  const restore = watchMethods();
  const hook = createHook({
    init(_id, type) {
      const count = resources[type];
      if (count !== undefined && quiet === 0) sums[count] += 1;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
    restore();
  }
  return sums;
}

/** Does something of the measuring's own, uncounted. */
export function uncounted<Result>(work: () => Result): Result {
  quiet += 1;
  try {
    return work();
  } finally {
    quiet -= 1;
  }
}

function watchMethods(): () => void {
  const undo: (() => void)[] = [];
  const watch = (holder: object, name: string, note: (args: readonly unknown[], result: unknown) => void): void => {
    const methods = holder as Holder;
    const own = Object.getOwnPropertyDescriptor(methods, name);
    const original = methods[name];
    if (original === undefined) throw new Error(`there is no ${name} to be counted`);
    const counts: Method = function (...args) {
      if (quiet > 0) return original.apply(this, args);
      const result = uncounted(() => original.apply(this, args));
      note(args, result);
      return result;
    };
    Object.defineProperty(methods, name, { value: counts, writable: true, configurable: true });
    undo.push(() => {
      if (own === undefined) delete methods[name];
      else Object.defineProperty(methods, name, own);
    });
  };
  const add = (count: Count, sum: Count, amount: number): void => {
    sums[count] += 1;
    sums[sum] += amount;
  };
  const decoded = (_: unknown, text: unknown): void => add('decodes', 'decodedBytes', (text as string).length);
  const copied = ([bytes]: readonly unknown[]): void => add('copies', 'copiedBytes', lengthOf(bytes));

  watch(JSON, 'parse', ([text]) => add('parses', 'parsedBytes', (text as string).length));
  watch(JSON, 'stringify', () => {
    sums.stringifies += 1;
  });
  watch(Buffer, 'concat', (_, joined) => {
    sums.concats += 1;
    add('copies', 'copiedBytes', lengthOf(joined));
  });
  watch(Buffer, 'from', ([value], bytes) => {
    if (typeof value === 'string') add('encodes', 'encodedBytes', value.length);
    // A view of memory is no copy of it.
    else if (!(value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)) copied([bytes]);
  });
  for (const name of [
    'toString',
    'toLocaleString',
    'latin1Slice',
    'utf8Slice',
    'asciiSlice',
    'hexSlice',
    'base64Slice',
  ])
    watch(Buffer.prototype, name, decoded);
  watch(TextDecoder.prototype, 'decode', decoded);
  for (const name of ['write', 'latin1Write', 'utf8Write'])
    watch(Buffer.prototype, name, (_, length) => add('encodes', 'encodedBytes', length as number));
  watch(TextEncoder.prototype, 'encode', ([text]) => add('encodes', 'encodedBytes', String(text).length));
  watch(Buffer.prototype, 'copy', (_, length) => add('copies', 'copiedBytes', length as number));
  watch(Uint8Array.prototype, 'set', copied);
  watch(Uint8Array.prototype, 'slice', (_, bytes) => copied([bytes]));
  return () => {
    for (const step of undo.reverse()) step();
  };
}

function lengthOf(value: unknown): number {
  const length = (value as { readonly length?: unknown } | undefined)?.length;
  return typeof length === 'number' ? length : 0;
}

/** What one more costs: the difference of few and many, so that what belongs to the beginning falls out. */
export function eachOf(few: Counts, many: Counts, more: number): Counts {
  const each = Object.keys(counted).map((name) => {
    const count = name as Count;
    return [count, (many[count] - few[count]) / more];
  });
  return Object.fromEntries(each) as Counts;
}
