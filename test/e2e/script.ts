import { isDeepStrictEqual } from 'node:util';
import type { Block, ToolCallBlock } from '../../src/canon/content.ts';
import type { JsonObject } from '../../src/canon/json.ts';
import type { ChatRequest, Turn } from '../../src/canon/request.ts';
import { dialectNamed } from '../../src/dialects/index.ts';
import type { Fault, Part, Scenario, Step } from '../../src/simulator/index.ts';
import { type Manner, reply } from '../failover/model.ts';
import { jsonIn } from './json.ts';
import type { Language } from './language.ts';
import type { ModelCall } from './traffic.ts';

type Input = NonNullable<Extract<Part, { readonly tool: string }>['input']>;

/** One answer that a model gives. */
export interface Saying {
  readonly think?: string;
  readonly text?: string;
  readonly calls?: readonly { readonly tool: string; readonly input: Input }[];
}

/** What a model says in a whole session. An answer follows when all calls of the one before have been made. */
export type Script = readonly Saying[];

/** How one provider plays a script. */
export interface Role {
  readonly script: Script;
  readonly language: Language;
  /** What goes wrong with the answer of that number, whenever it is given from its beginning. */
  readonly faults?: Readonly<Record<number, readonly Fault[]>>;
  /** How often such a thing goes wrong; the default is always. */
  readonly times?: number;
  /** What goes wrong when somebody else's answer is gone on with. */
  readonly faultsOfGoingOn?: () => readonly Fault[];
  /** What goes wrong with all that is asked, as long as there is any of it. */
  readonly trouble?: () => readonly Fault[];
  /** Milliseconds between its events; without it they leave together. */
  readonly pace?: number;
  /** How it goes on when it is asked to in words. */
  readonly manner?: Manner;
  readonly usage?: NonNullable<Step['usage']>;
}

/** Characters in one piece of a text or of arguments. */
const pieceLength = 4;

/** In a text of a script: so long that at least one piece consists of nothing else, whatever stands before it. */
export const mark = '~'.repeat(2 * pieceLength - 1);

/** A piece of the mark, where faults may strike. */
export const markPiece = '~'.repeat(pieceLength);

/** What a provider does that plays this role. It knows what comes next by what it is shown. */
export function played(role: Role): Scenario {
  const { language, manner = 'as asked', usage, pace, times = Number.POSITIVE_INFINITY } = role;
  let struck = 0;
  return {
    answer: ({ body }): Step => {
      const trouble = role.trouble?.() ?? [];
      if (trouble.length > 0) return { faults: trouble };
      const request = read(language, body);
      const { number, rest } = nextIn(role.script, request);
      const goesOn = isGoingOn(request);
      const usual = struck < times ? role.faults?.[number] : undefined;
      if (usual !== undefined && !goesOn) struck += 1;
      const faults = goesOn ? role.faultsOfGoingOn?.() : usual;
      return {
        parts: partsOf(language, reply(rest, request, manner)),
        chunk: pieceLength,
        gemini: { partialArgs: true },
        ...(pace !== undefined && { pace }),
        ...(usage !== undefined && { usage }),
        ...(faults !== undefined && { faults }),
      };
    },
  };
}

/** What the model has said so far as a client tells it, without reasoning: texts, and calls with what they mean. */
export function transcript({ language, body }: ModelCall): readonly unknown[] {
  return read(language, body)
    .turns.filter(({ role }) => role === 'assistant')
    .flatMap(({ content }) => content)
    .flatMap((block) => heard(block) ?? []);
}

/** The same of the beginning of a script, so many answers. */
export function transcriptOf(script: Script, answers: number): readonly unknown[] {
  return script
    .slice(0, answers)
    .flatMap(blocksOf)
    .flatMap((block) => heard(block) ?? []);
}

function heard(block: Block): unknown {
  if (block.type === 'text') return block.text;
  return block.type === 'tool_call' ? { tool: block.name, input: jsonIn(block.json) } : undefined;
}

function read(language: Language, body: JsonObject): ChatRequest {
  const { client } = dialectNamed(language);
  if (client === undefined) throw new Error(`nobody asks in ${language}`);
  return client.readRequest({ model: 'a-model', stream: true, ...body }, {});
}

/** The answer that is due, and what of it has not been done. */
function nextIn(script: Script, request: ChatRequest): { readonly number: number; readonly rest: readonly Block[] } {
  const said = saidBefore(request).flatMap(({ role, content }) => (role === 'assistant' ? content : []));
  const made = said.filter((block): block is ToolCallBlock => block.type === 'tool_call');
  const isMade = (call: Block): boolean => made.some((other) => isDeepStrictEqual(heard(call), heard(other)));
  const number = script.findIndex((saying) =>
    (saying.calls ?? []).length > 0
      ? blocksOf(saying).some((block) => block.type === 'tool_call' && !isMade(block))
      : !said.some((block) => block.type === 'text' && block.text === saying.text),
  );
  const saying = script[number];
  if (saying === undefined) throw new Error('everything has been said');
  const blocks = blocksOf(saying);
  const rest = blocks.some(isMade) ? blocks.filter((block) => block.type === 'tool_call' && !isMade(block)) : blocks;
  return { number, rest };
}

function isGoingOn({ turns }: ChatRequest): boolean {
  const last = turns.at(-1);
  return last?.role === 'assistant' || (last !== undefined && isWish(last));
}

function isWish({ content }: Turn): boolean {
  return content.some((block) => block.type === 'text' && block.text.includes('The connection broke'));
}

/** The conversation without the beginning of the answer that is to be gone on with. */
function saidBefore(request: ChatRequest): readonly Turn[] {
  const { turns } = request;
  if (!isGoingOn(request)) return turns;
  const before = turns.at(-1)?.role === 'assistant' ? turns : turns.slice(0, -1);
  const last = before.at(-1);
  const isBeginning = last?.role === 'assistant' && !last.content.some(({ type }) => type === 'tool_call');
  return isBeginning ? before.slice(0, -1) : before;
}

function blocksOf({ think, text, calls = [] }: Saying): readonly Block[] {
  return [
    ...(think === undefined ? [] : [{ type: 'thinking', text: think } as const]),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
    ...calls.map(({ tool, input }) => ({
      type: 'tool_call' as const,
      id: '',
      name: tool,
      json: JSON.stringify(input),
    })),
  ];
}

function partsOf(language: Language, blocks: readonly Block[]): Part[] {
  return blocks.flatMap((block): Part[] => {
    if (block.type === 'text') return [block.text];
    if (block.type === 'thinking') return [{ think: block.text }];
    if (block.type !== 'tool_call') return [];
    const input = JSON.parse(block.json) as Input;
    // Gemini's arguments are no text that could be written in another way.
    return [{ tool: block.name, input, ...(language !== 'gemini' && { rawInput: block.json }) }];
  });
}
