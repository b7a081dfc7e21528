import type { Event, Sink, Tap } from '../canon/event.ts';
import { isObject, type JsonObject, parseJson } from '../canon/json.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest, FunctionTool, OutputFormat, ToolChoice } from '../canon/request.ts';
import type { Quirks, UpstreamSide } from '../dialects/dialect.ts';

/** A request whose answer comes as a call, and what makes text of it. */
export interface AnsweringByTool {
  readonly request: ChatRequest;
  readonly tap?: Tap;
}

/** How the form of an answer is had from a provider. */
export type FormatMeans = 'native' | 'tool' | 'words';

/**
 * The best way there is to have an answer in a schema: the provider's own; else a tool that the model has to call, which
 * most check while they write; else words, and a check afterwards. A model that thinks cannot be forced to call a tool.
 */
export function formatMeans(
  { format, reasoning, toolChoice }: ChatRequest,
  { cannotSay }: Pick<UpstreamSide, 'cannotSay'>,
  quirks: Quirks,
): FormatMeans {
  if (format?.type !== 'json_schema') return 'native';
  const native = quirks.json_schema !== false && !cannotSay.includes('format_schema');
  if (native) return 'native';
  const thinks = reasoning !== undefined && reasoning.mode !== 'off' && reasoning.effort !== 'none';
  const forcible = quirks.forced_tools !== false && !thinks && toolChoice?.type !== 'none';
  return forcible ? 'tool' : 'words';
}

/** Field that holds an answer which is not an object: arguments of tools always are. */
const wrapped = 'answer';

/** Has the answer given as the arguments of a tool, where that is the best way to have it in its schema. */
export function answeringByTool(
  request: ChatRequest,
  upstream: Pick<UpstreamSide, 'cannotSay'>,
  quirks: Quirks,
  lose: (loss: Loss) => void,
): AnsweringByTool {
  const { format } = request;
  if (format?.type !== 'json_schema' || formatMeans(request, upstream, quirks) !== 'tool') return { request };
  lose({ what: 'mapped', path: 'format', why: 'the answer is asked for as the call of a tool' });
  const tool = toolFor(format, request);
  const { format: _, ...rest } = request;
  // With tools of its own the client wants calls or an answer, and both are calls now.
  const toolChoice: ToolChoice =
    request.tools.length === 0 ? { type: 'tool', name: tool.name } : (request.toolChoice ?? { type: 'required' });
  const asObject = isObjectSchema(format.schema);
  return {
    request: {
      ...rest,
      tools: [...request.tools, tool],
      toolChoice: toolChoice.type === 'auto' ? { type: 'required' } : toolChoice,
    },
    tap: (next) => new AnswerFromCall(next, tool.name, asObject).sink,
  };
}

function toolFor(format: Extract<OutputFormat, { type: 'json_schema' }>, { tools }: ChatRequest): FunctionTool {
  const wanted = (format.name ?? 'answer').replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 48);
  const taken = tools.some(({ name }) => name === wanted);
  const schema: JsonObject = isObjectSchema(format.schema)
    ? format.schema
    : { type: 'object', properties: { [wrapped]: format.schema }, required: [wrapped] };
  return {
    type: 'function',
    name: taken ? `${wanted}_to_the_user` : wanted,
    description: ['Gives the final answer. Call it once, with the whole answer.', format.description]
      .filter((text) => text !== undefined)
      .join(' '),
    schema,
  };
}

function isObjectSchema(schema: JsonObject): boolean {
  return schema['type'] === 'object';
}

/** Turns the call that is the answer into the text that the client waits for. Other calls pass. */
class AnswerFromCall {
  readonly #next: Sink;
  readonly #tool: string;
  readonly #asObject: boolean;
  /** The number of the block that is the answer, while it is open. */
  #answer: number | undefined;
  #json = '';
  #answered = false;
  #others = false;

  constructor(next: Sink, tool: string, asObject: boolean) {
    this.#next = next;
    this.#tool = tool;
    this.#asObject = asObject;
  }

  readonly sink = (event: Event): void => {
    switch (event.type) {
      case 'open':
        return this.#open(event);
      case 'json':
        if (event.index !== this.#answer) return this.#next(event);
        if (this.#asObject) return this.#next(asText(event));
        this.#json += event.json;
        return;
      case 'close':
        if (event.index === this.#answer) this.#close(event.index);
        return this.#next(event);
      case 'finish':
        if (event.reason === 'tool_calls' && this.#answered && !this.#others)
          return this.#next({ ...event, reason: 'end' });
        return this.#next(event);
      default:
        return this.#next(event);
    }
  };

  #open(event: Extract<Event, { type: 'open' }>): void {
    const { block, index } = event;
    if (block.type !== 'tool_call') return this.#next(event);
    if (block.name !== this.#tool || this.#answered) {
      this.#others = true;
      return this.#next(event);
    }
    this.#answer = index;
    this.#answered = true;
    this.#json = '';
    this.#next({ type: 'open', index, block: { type: 'text' } });
  }

  #close(index: number): void {
    this.#answer = undefined;
    if (this.#asObject) return;
    const parsed = parseJson(this.#json);
    const text = isObject(parsed) && wrapped in parsed ? JSON.stringify(parsed[wrapped]) : this.#json;
    this.#next({ type: 'text', index, text });
  }
}

function asText({ index, json, pieces }: Extract<Event, { type: 'json' }>): Event {
  return { type: 'text', index, text: json, ...(pieces !== undefined && { pieces }) };
}
