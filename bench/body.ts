import { prose } from './prose.ts';
import type { BodySize, Language } from './scenario.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: Json;
}

/** A call of a tool and what it gave. */
interface Exchange {
  readonly id: string;
  readonly say: string;
  readonly tool: string;
  readonly input: Json;
  readonly result: string;
}

interface Conversation {
  readonly system: readonly string[];
  readonly tools: readonly Tool[];
  readonly prompt: string;
  /** A PNG in base64 that comes with the prompt. */
  readonly picture?: string;
  readonly exchanges: readonly Exchange[];
}

const toolNames = 'Bash Read Write Edit Glob Grep Task TodoWrite WebFetch WebSearch NotebookEdit KillShell'.split(' ');

/**
 * A file as an agent reads it: numbered lines with tabs, quotes and backslashes, which JSON has to escape, and now and then
 * a character beyond Latin, which makes JavaScript take two bytes for each of the rest.
 */
function code(lines: number, seed: number): string {
  const line = (_: unknown, i: number): string =>
    `${String(i + 1).padStart(6)}\t  const value${i} = read("${prose(24, seed + i)}", { path: '/src/part-${i}.ts', mark: "\\n" });${i % 16 === 7 ? ' // → checked ✓' : ''}`;
  return Array.from({ length: lines }, line).join('\n');
}

function tool(name: string, length: number, seed: number): Tool {
  const property = (i: number): Json => ({ type: 'string', description: prose(length / 8, seed + i) });
  return {
    name,
    description: prose(length, seed),
    schema: {
      type: 'object',
      properties: {
        file_path: property(1),
        pattern: property(2),
        mode: { type: 'string', enum: ['content', 'files', 'count'], description: prose(60, seed) },
        limit: { type: 'integer', minimum: 1, description: prose(60, seed + 3) },
        edits: {
          type: 'array',
          items: { type: 'object', properties: { old: property(4), new: property(5) }, required: ['old', 'new'] },
        },
      },
      required: ['file_path'],
      additionalProperties: false,
    },
  };
}

function exchange(seed: number, lines: number): Exchange {
  return {
    id: `toolu_01Bench${String(seed).padStart(12, '0')}`,
    say: prose(160, seed),
    tool: toolNames[seed % 4] as string,
    input: { file_path: `/home/user/project/src/module-${seed}.ts`, limit: 400, pattern: prose(40, seed) },
    result: code(lines, seed),
  };
}

/** A screenshot of so many bytes: as it should be at its beginning, noise behind that, as in what is compressed. */
function picture(bytes: number): string {
  const png = Buffer.alloc(bytes);
  let state = 1;
  for (let i = 0; i < bytes; i++) {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    png[i] = state >>> 16;
  }
  png.write('89504e470d0a1a0a0000000d49484452', 'hex');
  png.writeUInt32BE(1456, 16);
  png.writeUInt32BE(816, 20);
  png.write('0802000000', 24, 'hex');
  return png.toString('base64');
}

const agentTools = toolNames.map((name, i) => tool(name, 1800, i + 1));

const conversations: { readonly [size in BodySize]: Conversation } = {
  small: { system: [prose(500)], tools: [tool('Read', 160, 1)], prompt: prose(520, 2), exchanges: [] },
  large: {
    system: [prose(120), prose(14_000, 2)],
    tools: agentTools,
    prompt: prose(1500, 3),
    exchanges: Array.from({ length: 45 }, (_, i) => exchange(i, 25)),
  },
  huge: {
    system: [prose(120), prose(14_000, 2)],
    tools: agentTools,
    prompt: prose(1500, 3),
    picture: picture(240_000),
    exchanges: Array.from({ length: 160 }, (_, i) => exchange(i, 90)),
  },
};

/** The request body of a client; the same conversation in either language. */
export function requestBody(language: Language, size: BodySize, model: string, stream: boolean): Buffer {
  const conversation = conversations[size];
  const body = language === 'anthropic' ? messagesBody(conversation) : chatBody(conversation, stream);
  return Buffer.from(JSON.stringify({ model, ...body, stream }));
}

function messagesBody({ system, tools, prompt, picture: data, exchanges }: Conversation): { [name: string]: Json } {
  const cached = { cache_control: { type: 'ephemeral' } };
  const turns = exchanges.flatMap(({ id, say, tool: name, input, result }): Json[] => [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: say },
        { type: 'tool_use', id, name, input },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] },
  ]);
  const shown =
    data === undefined ? [] : [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }];
  const asked = [...shown, { type: 'text', text: prompt, ...cached }];
  return {
    max_tokens: 4096,
    system: system.map((text) => ({ type: 'text', text, ...cached })),
    tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    messages: [{ role: 'user', content: asked }, ...turns],
    metadata: { user_id: 'bench' },
  };
}

function chatBody(
  { system, tools, prompt, picture: data, exchanges }: Conversation,
  stream: boolean,
): { [name: string]: Json } {
  const turns = exchanges.flatMap(({ id, say, tool: name, input, result }): Json[] => [
    {
      role: 'assistant',
      content: say,
      tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }],
    },
    { role: 'tool', tool_call_id: id, content: result },
  ]);
  const shown = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };
  const asked = data === undefined ? prompt : [shown, { type: 'text', text: prompt }];
  return {
    max_completion_tokens: 4096,
    messages: [{ role: 'system', content: system.join('\n') }, { role: 'user', content: asked }, ...turns],
    tools: tools.map(({ name, description, schema }) => ({
      type: 'function',
      function: { name, description, parameters: schema },
    })),
    ...(stream && { stream_options: { include_usage: true } }),
  };
}
