import type { Loss } from '../../src/canon/loss.ts';
import type { ChatRequest, Turn } from '../../src/canon/request.ts';
import { lies } from './arrival.ts';
import { countOf, type Planted, scalarsIn } from './marker.ts';
import { plain } from './reading.ts';

/** Where a request, read again from another language, says something else than was meant. */
export function misplaced(
  meant: ChatRequest,
  heard: ChatRequest,
  parts: readonly Planted[],
  losses: readonly Loss[],
): string[] {
  const isLost = (path: string): boolean => losses.some((loss) => lies(path, loss.path) || lies(loss.path, path));
  return [
    ...wrongTurns(heard, parts, isLost, meant),
    ...orphans(heard),
    ...wrongTools(meant, heard, isLost),
    ...wrongParameters(meant, heard, isLost),
  ];
}

/** Each part of the conversation stands in a turn of the same role, and the turns keep their order. Ids and names are said in several. */
function wrongTurns(
  heard: ChatRequest,
  parts: readonly Planted[],
  isLost: (path: string) => boolean,
  meant: ChatRequest,
): string[] {
  const said = heard.turns.map((turn) => ({ role: turn.role, scalars: scalarsIn(turn) }));
  const system = scalarsIn(heard.system);
  const mentions = parts.flatMap(({ needles }) => needles ?? []);
  const faults: string[] = [];
  let latest = 0;
  for (const { path, needles } of parts) {
    const unique = needles?.every((needle) => mentions.indexOf(needle) === mentions.lastIndexOf(needle));
    if (needles === undefined || unique !== true || isLost(path)) continue;
    if (path.startsWith('system[') && countOf(needles, system) === 0) faults.push(`${path} is no instruction any more`);
    const turn = turnAt(meant, path);
    if (turn === undefined) continue;
    const found = said.findIndex(({ scalars }) => countOf(needles, scalars) > 0);
    if (found === -1) {
      faults.push(`${path} is not understood`);
      continue;
    }
    if (found < latest) faults.push(`${path} is said too early`);
    if (said[found]?.role !== turn.role) faults.push(`${path} was said by ${turn.role}, not by ${said[found]?.role}`);
    latest = found;
  }
  return faults;
}

function turnAt({ turns }: ChatRequest, path: string): Turn | undefined {
  const at = /^turns\[(\d+)\]/.exec(path)?.[1];
  return at === undefined ? undefined : turns[Number(at)];
}

/** Every result answers a call that was made before it. */
function orphans({ turns }: ChatRequest): string[] {
  const called = new Set<string>();
  const faults: string[] = [];
  for (const block of turns.flatMap(({ content }) => content)) {
    if (block.type === 'tool_call') called.add(block.id);
    if (block.type === 'tool_result' && !called.has(block.id))
      faults.push(`a result of ${block.id}, which was not called`);
  }
  return faults;
}

function wrongTools(meant: ChatRequest, heard: ChatRequest, isLost: (path: string) => boolean): string[] {
  return meant.tools.flatMap((tool, i) => {
    if (tool.type !== 'function' || isLost(`tools[${i}]`)) return [];
    const other = heard.tools.find(({ name }) => name === tool.name);
    const same = other?.type === 'function' && JSON.stringify(other.schema) === JSON.stringify(tool.schema);
    return same && other.description === tool.description ? [] : [`tools[${i}] is another tool`];
  });
}

/** What stands once in a request, under the name that losses use. */
const parameters: { readonly [path: string]: (request: ChatRequest) => unknown } = {
  model: ({ model }) => model,
  stream: ({ stream }) => stream,
  max_tokens: ({ maxTokens }) => maxTokens,
  tool_choice: ({ toolChoice }) => (toolChoice?.type === 'auto' ? undefined : toolChoice),
  parallel_tools: ({ parallelTools }) => (parallelTools === true ? undefined : parallelTools),
  stop: ({ stop }) => stop,
  user: ({ user }) => user,
  temperature: ({ sampling }) => sampling.temperature,
  top_p: ({ sampling }) => sampling.topP,
  top_k: ({ sampling }) => sampling.topK,
  min_p: ({ sampling }) => sampling.minP,
  frequency_penalty: ({ sampling }) => sampling.frequencyPenalty,
  presence_penalty: ({ sampling }) => sampling.presencePenalty,
  repetition_penalty: ({ sampling }) => sampling.repetitionPenalty,
  seed: ({ sampling }) => sampling.seed,
  format: ({ format }) => (format?.type === 'json_schema' ? format.schema : format),
};

function wrongParameters(meant: ChatRequest, heard: ChatRequest, isLost: (path: string) => boolean): string[] {
  return Object.entries(parameters).flatMap(([path, of]) => {
    const [was, is] = [of(meant), of(heard)].map((value) => JSON.stringify(plain(value)));
    return was === undefined || was === is || isLost(path) ? [] : [`${path} was ${was}, is ${is}`];
  });
}
