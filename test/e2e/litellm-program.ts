import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the LiteLLM proxy is installed for tests: outside of the repository, and kept. */
export const litellmFolder = join(tmpdir(), 'dragoman-e2e', 'litellm');

/** The proxy's program; DRAGOMAN_LITELLM names another. */
export const litellmProgram = process.env['DRAGOMAN_LITELLM'] ?? join(litellmFolder, 'bin', 'litellm');
