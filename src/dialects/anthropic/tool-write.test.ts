import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import type { Tool, ToolMeaning } from '../../canon/request.ts';
import { tool, write } from './written.ts';

describe('tools of other services', () => {
  const native = (means: ToolMeaning | undefined, value: JsonObject = { type: 'x' }): Tool => ({
    type: 'native',
    dialect: 'openai-chat',
    name: 'search',
    value,
    ...(means !== undefined && { means }),
  });

  test('are told as the own one that is for the same', () => {
    const location = { city: 'Oslo', country: 'NO' };
    const { body, losses } = write({
      tools: [
        native({
          type: 'web_search',
          maxUses: 2,
          allowedDomains: ['a.example'],
          blockedDomains: ['b.example'],
          location,
        }),
        native({ type: 'web_fetch' }),
        native({ type: 'code_execution' }, { type: 'x', container: 'c' }),
        native(undefined),
      ],
    });
    assert.deepEqual(body.tools, [
      {
        type: 'web_search_20250305',
        name: 'web_search',
        max_uses: 2,
        allowed_domains: ['a.example'],
        user_location: { type: 'approximate', ...location },
      },
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
    ]);
    assert.deepEqual(losses, [
      'mapped tools[0]',
      'dropped tools[0]',
      'mapped tools[1]',
      'mapped tools[2]',
      'approximated tools[2]',
    ]);
  });

  test('are left out where the client has a tool of that name', () => {
    const { body, losses } = write({ tools: [{ ...tool, name: 'web_search' }, native({ type: 'web_search' })] });
    assert.deepEqual(
      (body.tools as JsonObject[]).map(({ name }) => name),
      ['web_search'],
    );
    assert.deepEqual(losses, ['dropped tools[1]']);
  });
});
