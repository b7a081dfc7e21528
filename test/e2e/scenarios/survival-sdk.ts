import assert from 'node:assert/strict';
import { jsonIn, objectIn } from '../json.ts';
import type { Choice, Client, Scenario } from '../scenario.ts';
import { mark, markPiece, type Script, transcriptOf } from '../script.ts';
import type { Stage, World } from '../stage.ts';
import { checkTold, type Story, startWorld, understood } from '../survival.ts';
import { model as claude, connect as connectAnthropic } from './anthropic-sdk.ts';
import { connect as connectGoogle, model as gemini } from './google-sdk.ts';
import { connect as connectOpenai, model as gpt } from './openai-sdk.ts';

/** What an SDK makes of one streamed answer. */
interface Heard {
  /** The text as it came, piece by piece. */
  readonly pieces: readonly string[];
  /** What the whole answer says: texts, and calls. */
  readonly whole: readonly unknown[];
  readonly input: number | undefined;
  readonly output: number | undefined;
}

const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };

const content = 'How is the weather?';

/** How each SDK asks for a stream, with a tool. */
const asking: { readonly [client in Client]?: (world: World) => Promise<Heard> } = {
  'anthropic-sdk-1': askAnthropic,
  'openai-sdk': askChat,
  'responses-sdk': askResponses,
  'google-sdk': askGoogle,
};

const answer = (text: string, city: string): Script => [
  { text, calls: [{ tool: 'get_weather', input: { city } }] },
  { text: 'Never said.' },
];

const faults = { 0: [{ kind: 'cut' as const, at: { after: markPiece } }] };

const stories: Readonly<Record<string, Story>> = {
  'dies in a text': {
    script: answer(`I look “out” of the window ${mark} and then at the sky. ☃`, 'Köln'),
    first: { faults },
    seams: ['up>spare'],
  },
  'dies in arguments': {
    script: answer('I look.', `Köln, “${mark}” \\ and\n"around" ☃`),
    first: { faults },
    seams: ['up>spare'],
  },
};

const nothingToCut: Choice = {
  languages: understood.languages.filter((language) => language !== 'gemini'),
  because: 'a call comes whole in the same language',
};

/** A provider fails in the middle of an answer to an SDK, which hears a whole one. */
export const sdkSurvival: readonly Scenario[] = Object.entries(asking).flatMap(([client, ask]) =>
  Object.entries(stories).map(
    ([name, story]): Scenario => ({
      name,
      client: client as Client,
      over: client === 'google-sdk' && name === 'dies in arguments' ? nothingToCut : understood,
      play: (stage) => tell(stage, story, ask),
    }),
  ),
);

async function tell(stage: Stage, story: Story, ask: (world: World) => Promise<Heard>): Promise<void> {
  const world = await startWorld(stage, story);
  const { pieces, whole, input, output } = await ask(world);
  // What stands for the proof of a call says nothing.
  const said = whole.filter((part) => !/^(thinking|reasoning)$/.test(String(objectIn(part)['type'])));
  assert.deepEqual(said, transcriptOf(story.script, 1));
  assert.equal(pieces.join(''), story.script[0]?.text);
  assert.deepEqual([world.calls().length, world.spareCalls().length], [1, 1]);
  const receipts = await checkReceipts(world, story);
  assert.deepEqual([input, output], receipts);
}

async function checkReceipts(world: World, story: Story): Promise<readonly number[]> {
  const receipts = await checkTold(world, { ...story, script: story.script.slice(0, 1) }, 1);
  return [receipts.tokens('input'), receipts.tokens('output')];
}

async function askAnthropic(world: World): Promise<Heard> {
  const pieces: string[] = [];
  const stream = connectAnthropic('anthropic-sdk-1', world).messages.stream({
    model: claude,
    max_tokens: 500,
    tools: [{ name: 'get_weather', input_schema: parameters }],
    messages: [{ role: 'user', content }],
  });
  stream.on('text', (piece) => pieces.push(piece));
  const final = await stream.finalMessage();
  assert.equal(final.stop_reason, 'tool_use');
  const whole = final.content.map((block) => {
    if (block.type === 'text') return block.text;
    return block.type === 'tool_use' ? { tool: block.name, input: block.input } : block;
  });
  return { pieces, whole, input: final.usage.input_tokens, output: final.usage.output_tokens };
}

async function askChat(world: World): Promise<Heard> {
  const pieces: string[] = [];
  const stream = connectOpenai(world).chat.completions.stream({
    model: gpt,
    messages: [{ role: 'user', content }],
    tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
    stream_options: { include_usage: true },
  });
  stream.on('content', (piece) => pieces.push(piece));
  const final = await stream.finalChatCompletion();
  const [choice] = final.choices;
  assert.equal(choice?.finish_reason, 'tool_calls');
  const calls = (choice?.message.tool_calls ?? []).map((call) =>
    call.type === 'function' ? { tool: call.function.name, input: jsonIn(call.function.arguments) } : call,
  );
  const { usage } = final;
  return {
    pieces,
    whole: [choice?.message.content, ...calls],
    input: usage?.prompt_tokens,
    output: usage?.completion_tokens,
  };
}

async function askResponses(world: World): Promise<Heard> {
  const pieces: string[] = [];
  const stream = connectOpenai(world).responses.stream({
    model: gpt,
    input: content,
    store: false,
    tools: [{ type: 'function', name: 'get_weather', parameters, strict: false }],
  });
  stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta));
  const final = await stream.finalResponse();
  assert.equal(final.status, 'completed');
  const whole = final.output.map((item) => {
    if (item.type === 'message') return final.output_text;
    return item.type === 'function_call' ? { tool: item.name, input: jsonIn(item.arguments) } : item;
  });
  return { pieces, whole, input: final.usage?.input_tokens, output: final.usage?.output_tokens };
}

async function askGoogle(world: World): Promise<Heard> {
  const pieces: string[] = [];
  const calls: unknown[] = [];
  let counted: { readonly promptTokenCount?: number; readonly candidatesTokenCount?: number } | undefined;
  let end: unknown;
  const functionDeclarations = [{ name: 'get_weather', parametersJsonSchema: parameters }];
  const asked = { model: gemini, contents: content, config: { tools: [{ functionDeclarations }] } };
  for await (const chunk of await connectGoogle(world).models.generateContentStream(asked)) {
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
      if (part.text !== undefined && part.text !== '') pieces.push(part.text);
      if (part.functionCall) calls.push({ tool: part.functionCall.name, input: part.functionCall.args });
    }
    counted = chunk.usageMetadata ?? counted;
    end = chunk.candidates?.[0]?.finishReason ?? end;
  }
  assert.equal(end, 'STOP');
  return {
    pieces,
    whole: [pieces.join(''), ...calls],
    input: counted?.promptTokenCount,
    output: counted?.candidatesTokenCount,
  };
}
