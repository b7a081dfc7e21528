import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { assistant, call, messagesOf, pdf, png, result, text, user, write } from './written.ts';

describe('answers of the past', () => {
  test('say their texts, and make their calls behind them', () => {
    const called = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
    const answered = { role: 'tool', tool_call_id: 'a', content: 'done' };
    const turns = (...content: Block[]): Turn[] => [assistant(...content), user(result('a', text('done')))];
    assert.deepEqual(messagesOf({ turns: turns(text('one'), text(' two'), call('a')) }), [
      { role: 'assistant', content: 'one two', tool_calls: [called] },
      answered,
    ]);
    assert.deepEqual(messagesOf({ turns: turns(call('a')) }), [
      { role: 'assistant', content: null, tool_calls: [called] },
      answered,
    ]);
  });

  test('cannot speak behind a call, and it is told that they did', () => {
    const { body, losses } = write({ turns: [assistant(text('one'), call('a'), text('two')), user(result('a'))] });
    assert.deepEqual((body.messages as JsonObject[])[0]?.['content'], 'one\n\ntwo');
    assert.deepEqual(losses, ['moved turns[0].content[2]']);
  });
});

describe('instructions', () => {
  const billing = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2; cc_entrypoint=cli;' } as const;
  const rest = [
    { type: 'text', text: 'One.', cache: {} },
    { type: 'text', text: 'Two.', cache: { ttl: '1h' } },
  ] as const;

  test('are one message, without the line that changes with each session', () => {
    const { body, losses } = write({ system: [billing, ...rest] });
    assert.deepEqual((body.messages as JsonObject[])[0], { role: 'system', content: 'One.\n\nTwo.' });
    assert.deepEqual(losses, ['dropped system[0]', 'dropped system[1]']);
  });

  test('keep their marks where the server takes them', () => {
    const { body, losses } = write({ system: [billing, ...rest] }, { cache_control: true, system_role: 'developer' });
    assert.deepEqual((body.messages as JsonObject[])[0], {
      role: 'developer',
      content: [
        { type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Two.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
    });
    assert.deepEqual(losses, ['dropped system[0]']);
  });

  test('stay in their place in mid-conversation, or are told by the user', () => {
    const turns: Turn[] = [user(text('a')), { role: 'system', content: [text('b'), text('c')] }];
    assert.deepEqual(messagesOf({ turns }), [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b\n\nc' },
    ]);
    const told = write({ turns }, { mid_system: false });
    assert.deepEqual(told.body.messages, [
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b\n\nc' },
    ]);
    assert.deepEqual(told.losses, ['moved turns[1]']);
  });
});

describe('calls and results', () => {
  test('results come first, one message each, right behind their calls', () => {
    const turns = [
      user(text('q')),
      assistant(text('Let me see.'), call('a'), call('b')),
      user(text('also'), result('b', text('2')), result('a', text('1'), text('one'))),
    ];
    assert.deepEqual(messagesOf({ turns }), [
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
      },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'tool', tool_call_id: 'a', content: '1\none' },
      { role: 'user', content: 'also' },
    ]);
  });

  test('a call without a result and a result without a call are put right, and said to be', () => {
    const turns = [
      assistant(call('a')),
      user(result('x', text('lost'))),
      assistant(text('ok')),
      user(result('a', text('late'))),
    ];
    const { body, losses } = write({ turns });
    assert.deepEqual((body.messages as JsonObject[]).slice(1), [
      { role: 'tool', tool_call_id: 'a', content: '(no result)' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Result of tool call x:' },
          { type: 'text', text: 'lost' },
        ],
      },
      { role: 'assistant', content: 'ok' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Result of tool call a:' },
          { type: 'text', text: 'late' },
        ],
      },
    ]);
    assert.deepEqual(losses, [
      'approximated turns[0]',
      'approximated turns[1].content[0]',
      'approximated turns[3].content[0]',
    ]);
  });

  test('results stand behind their calls though instructions came between', () => {
    const turns: Turn[] = [
      assistant(call('a')),
      { role: 'system', content: [text('note')] },
      user(result('a', text('1'))),
    ];
    assert.deepEqual(
      (messagesOf({ turns }) as JsonObject[]).map(({ role }) => role),
      ['assistant', 'tool', 'system'],
    );
  });

  test('pictures and files in results follow in a user message', () => {
    const turns = [assistant(call('a')), user(result('a', text('see'), png, pdf), text('and?'))];
    const { body, losses } = write({ turns });
    assert.deepEqual((body.messages as JsonObject[]).slice(1), [
      { role: 'tool', tool_call_id: 'a', content: 'see\n[2 files follow in the next message.]' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the result of tool call a:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
          { type: 'text', text: 'and?' },
        ],
      },
    ]);
    assert.deepEqual(losses, ['moved turns[1].content[0]']);
    const kept = messagesOf(
      { turns: [assistant(call('a')), user(result('a', png))] },
      { tool_result_parts: true },
    ) as JsonObject[];
    assert.deepEqual(kept[1]?.content, [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }]);
  });

  test('failed, empty, citable and tool-naming results are told in words', () => {
    const failed: Block = { type: 'tool_result', id: 'a', isError: true, content: [text('no such file')] };
    const says: Block = {
      type: 'tool_result',
      id: 'b',
      isError: true,
      content: [text('<tool_use_error>no</tool_use_error>')],
    };
    const names = result(
      'c',
      { type: 'tool_reference', name: 'WebFetch' },
      { type: 'search_result', source: 'https://a.example', title: 'A', content: [text('found')] },
    );
    const turns = [assistant(call('a'), call('b'), call('c'), call('d')), user(failed, says, names, result('d'))];
    assert.deepEqual(
      (messagesOf({ turns }) as JsonObject[]).slice(1).map(({ content }) => content),
      [
        'Error: no such file',
        '<tool_use_error>no</tool_use_error>',
        'Tool WebFetch is now available.\nA\nhttps://a.example\n\nfound',
        '',
      ],
    );
  });

  test('ids of nine characters where the server insists', () => {
    const turns = [
      assistant(call('toolu_0123'), call('abcDEF123')),
      user(result('toolu_0123', text('1')), result('abcDEF123', text('2'))),
    ];
    const [said, first, second] = messagesOf({ turns }, { tool_ids: 'nine' }) as JsonObject[];
    const ids = (said!.tool_calls as JsonObject[]).map(({ id }) => id);
    assert.match(String(ids[0]), /^[A-Za-z0-9]{9}$/);
    assert.deepEqual(ids, [first?.tool_call_id, second?.tool_call_id]);
    assert.equal(ids[1], 'abcDEF123');
  });

  test('empty arguments are an empty object', () => {
    const turns = [assistant({ type: 'tool_call', id: 'a', name: 'f', json: '' }), user(result('a', text('1')))];
    const [said] = messagesOf({ turns }) as JsonObject[];
    assert.deepEqual(said?.tool_calls, [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]);
    assert.equal(said?.content, null);
  });
});

describe('what a server cannot take', () => {
  test('pictures and files leave a word behind', () => {
    const { body, losses } = write({ turns: [user(text('see'), png, pdf)] }, { images: false, files: false });
    assert.deepEqual((body.messages as JsonObject[])[0]?.content, [
      { type: 'text', text: 'see' },
      { type: 'text', text: '[image omitted: the model takes no images]' },
      { type: 'text', text: '[document a.pdf omitted: the model takes no files]' },
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[1]', 'dropped turns[0].content[2]']);
  });

  test('documents of other kinds are told as text', () => {
    const blocks: Block[] = [
      { type: 'document', title: 'T', context: 'C', source: { type: 'text', text: 'words' } },
      { type: 'document', title: 'U', source: { type: 'url', url: 'https://a.example/u.pdf' } },
      { type: 'document', title: 'F', source: { type: 'file', id: 'file_1', owner: 'anthropic' } },
    ];
    const { body, losses } = write({ turns: [user(...blocks)] });
    assert.deepEqual((body.messages as JsonObject[])[0]?.content, [
      { type: 'text', text: 'Document: T\nC\n\nwords' },
      { type: 'text', text: 'Document: U (https://a.example/u.pdf)' },
      { type: 'text', text: '[document F omitted: it lies with another provider]' },
    ]);
    assert.deepEqual(losses, [
      'mapped turns[0].content[0]',
      'approximated turns[0].content[1]',
      'dropped turns[0].content[2]',
    ]);
  });

  test('past reasoning goes back in the field that is wanted, or not at all', () => {
    const turns = [
      assistant(
        { type: 'thinking', text: 'Hmm.', signature: 's' },
        { type: 'thinking', text: '', redacted: 'r' },
        text('Yes.'),
      ),
      user(text('Why?')),
    ];
    const said = (quirks: Quirks): JsonObject => (messagesOf({ turns }, quirks) as JsonObject[])[0] as JsonObject;
    assert.deepEqual(said({ reasoning: 'none' }), { role: 'assistant', content: 'Yes.' });
    assert.deepEqual(said({}), said({ reasoning: 'reasoning_details' }), 'whoever gave a proof wants it back');
    assert.deepEqual(said({ reasoning: 'reasoning_content' }).reasoning_content, 'Hmm.');
    assert.deepEqual(said({ reasoning: 'reasoning' }).reasoning, 'Hmm.');
    assert.deepEqual(said({ reasoning: 'reasoning_details' }).reasoning_details, [
      { type: 'reasoning.text', text: 'Hmm.', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'r', index: 1 },
    ]);
    assert.deepEqual(said({ reasoning: 'thinking_blocks' }).thinking_blocks, [
      { type: 'thinking', thinking: 'Hmm.', signature: 's' },
      { type: 'redacted_thinking', data: 'r' },
    ]);
    assert.deepEqual(write({ turns }, { reasoning: 'none' }).losses, [
      'dropped turns[0].content[0]',
      'dropped turns[0].content[1]',
    ]);
  });

  test('entries of a list go back as they came, though a client of another language carried them', () => {
    const format = 'openai-responses-v1';
    const turns = [
      assistant(
        { type: 'thinking', text: 'Let me see.' },
        {
          type: 'thinking',
          text: '',
          redacted: 'xyz',
          ext: { 'openai-chat': { id: 'rs_1', format, index: 0, before: { type: 'reasoning.summary', format } } },
        },
        { type: 'thinking', text: 'More.', signature: 's', ext: { 'openai-chat': { id: 't' } } },
        call('a'),
      ),
      user(result('a', text('1'))),
    ];
    const [message] = messagesOf({ turns }, { reasoning: 'reasoning_details' }) as JsonObject[];
    assert.deepEqual(message?.['reasoning_details'], [
      { type: 'reasoning.summary', summary: 'Let me see.', format, index: 0 },
      { type: 'reasoning.encrypted', data: 'xyz', id: 'rs_1', format, index: 0 },
      { type: 'reasoning.text', text: 'More.', signature: 's', format: 'anthropic-claude-v1', id: 't', index: 2 },
    ]);
  });

  test('proofs alone go to the calls and texts that they belong to, where the server wants them there', () => {
    const turns = [
      assistant(
        text('Let me see.'),
        { type: 'thinking', text: '', signature: 's0' },
        { type: 'thinking', text: 'Hmm.', signature: 's1' },
        call('a'),
        call('b'),
      ),
      user(result('a', text('1')), result('b', text('2'))),
      assistant(call('c')),
      user(result('c', text('3'))),
      assistant(text('Yes.'), { type: 'thinking', text: '', signature: 's2' }),
      user(text('Why?')),
    ];
    const google = (signature: string): JsonObject => ({ extra_content: { google: { thought_signature: signature } } });
    const quirks: Quirks = { reasoning: 'extra_content', call_proof: 'skip' };
    const { body, losses } = write({ turns }, quirks);
    const said = (body.messages as JsonObject[]).filter(({ role }) => role === 'assistant');
    const proofs = said.map(({ tool_calls: calls, extra_content: extra }) => [
      extra,
      ...((calls ?? []) as JsonObject[]).map((one) => one['extra_content']),
    ]);
    assert.deepEqual(proofs, [
      [undefined, google('s1')['extra_content'], undefined],
      [undefined, google('skip')['extra_content']],
      [google('s2')['extra_content']],
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[1]', 'dropped turns[0].content[2]']);
  });

  test('reasoning goes back as parts of the content, where the server wants it there', () => {
    const thoughts: Block[] = [
      { type: 'thinking', text: 'Hmm.', signature: 's' },
      { type: 'thinking', text: '', redacted: 'r' },
    ];
    const turns = [
      assistant(...thoughts, text('Yes.')),
      assistant(...thoughts.slice(0, 1), call('a')),
      user(result('a', text('1'))),
    ];
    const said = (quirks: Quirks): unknown[] =>
      (messagesOf({ turns }, quirks) as JsonObject[]).slice(0, 2).map(({ content }) => content);
    const chunk = { type: 'thinking', thinking: [{ type: 'text', text: 'Hmm.' }], signature: 's', closed: true };
    assert.deepEqual(said({ reasoning: 'thinking_chunks' }), [[chunk, { type: 'text', text: 'Yes.' }], [chunk]]);
    const part = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm.', signature: 's' }] };
    assert.deepEqual(said({ reasoning: 'reasoning_parts' }), [
      [
        part,
        { type: 'reasoning', summary: [{ type: 'summary_encrypted_text', data: 'r' }] },
        { type: 'text', text: 'Yes.' },
      ],
      [part],
    ]);
    assert.deepEqual(write({ turns }, { reasoning: 'thinking_chunks' }).losses, ['dropped turns[0].content[1]']);
    assert.deepEqual(write({ turns }, { reasoning: 'reasoning_parts' }).losses, []);
  });

  test('a turn of which nothing is left is left out', () => {
    const native: Block = { type: 'native', dialect: 'anthropic', value: { type: 'server_tool_use' } };
    assert.deepEqual(messagesOf({ turns: [user(text('a')), assistant(native), user(text('b'))] }), [
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
    ]);
  });
});
