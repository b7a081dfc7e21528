// An MCP server over stdio with two small tools, as a user of Claude Code would have one.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { png } from './media.ts';

serveStdio(() => {
  const server = new McpServer({ name: 'tiny', version: '1.0.0' });
  server.registerTool(
    'add',
    { description: 'Adds two numbers.', inputSchema: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => ({ content: [{ type: 'text', text: `The sum is ${a + b}.` }] }),
  );
  server.registerTool('picture', { description: 'Shows a picture.', inputSchema: z.object({}) }, () => ({
    content: [
      { type: 'text', text: 'Here it is.' },
      { type: 'image', mimeType: 'image/png', data: png(8).toString('base64') },
    ],
  }));
  return server;
});
