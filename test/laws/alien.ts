import type { Block, DialectName, Ext } from '../../src/canon/content.ts';
import type { ChatRequest } from '../../src/canon/request.ts';

/** A request full of what only its own language knows. */
export interface AlienRequest {
  readonly request: ChatRequest;
  /** Texts that no other language may be sent. */
  readonly markers: readonly string[];
  /** Where they stand. */
  readonly places: readonly string[];
}

/** A conversation in a language that is not `target`, with something of its own at every place that can have it. */
export function alienRequest(target: DialectName): AlienRequest {
  const from: DialectName = target === 'cohere' ? 'gemini' : 'cohere';
  const markers: string[] = [];
  const own = (): { [field: string]: unknown } => {
    const marker = `alien${markers.length}neila`;
    markers.push(marker);
    return { type: 'odd', said: marker };
  };
  const ext = (): { ext: Ext } => ({ ext: { [from]: { odd: own() } } });
  const native = (): Block => ({ type: 'native', dialect: from, value: own() });
  const request: ChatRequest = {
    from,
    model: 'some-model',
    stream: false,
    system: [{ type: 'text', text: 'Be brief.', ...ext() }],
    turns: [
      { role: 'user', content: [{ type: 'text', text: 'Look.', ...ext() }, native()], ...ext() },
      {
        role: 'assistant',
        content: [native(), { type: 'tool_call', id: 'call_1', name: 'look', json: '{}', ...ext() }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', id: 'call_1', content: [{ type: 'text', text: 'Seen.' }, native()], ...ext() },
        ],
      },
    ],
    tools: [
      { type: 'function', name: 'look', schema: { type: 'object' }, ...ext() },
      { type: 'native', dialect: from, name: 'odd', value: own() },
    ],
    sampling: {},
    ...ext(),
  };
  return {
    request,
    markers,
    places: [
      'system[0].odd',
      'turns[0].odd',
      'turns[0].content[0].odd',
      'turns[0].content[1]',
      'turns[1].content[0]',
      'turns[1].content[1].odd',
      'turns[2].content[0].odd',
      'turns[2].content[0].content[1]',
      'tools[0].odd',
      'tools[1]',
      'odd',
    ],
  };
}
