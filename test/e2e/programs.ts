import type { FetchedProgram } from './fetched-program.ts';
import type { Client } from './scenario.ts';

/** Anthropic's agent for the terminal. */
export const claudeCode: FetchedProgram = {
  title: 'Claude Code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.329',
  places: ['@anthropic-ai/claude-code-*/claude', '@anthropic-ai/claude-code-*/claude.exe'],
};

/** OpenAI's agent for the terminal. */
export const codex: FetchedProgram = {
  title: 'Codex',
  package: '@openai/codex',
  version: '0.169.0',
  places: ['@openai/codex-*/vendor/*/bin/codex', '@openai/codex-*/vendor/*/bin/codex.exe'],
};

/** Clients that are programs and have to be fetched. */
export const programs: { readonly [client in Client]?: FetchedProgram } = { 'claude-code': claudeCode, codex };
