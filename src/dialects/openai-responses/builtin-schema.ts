/** What the arguments of built-in tools look like, for models that know them only from this. */
import type { JsonObject } from '../../canon/json.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const texts = { type: 'array', items: text };

export const localShellSchema: JsonObject = {
  type: 'object',
  properties: {
    command: { ...texts, description: 'The program and its arguments.' },
    env: { type: 'object', additionalProperties: text, description: 'Environment variables.' },
    working_directory: text,
    timeout_ms: { ...whole, description: 'Milliseconds.' },
    user: { ...text, description: 'Who runs it.' },
  },
  required: ['command'],
};

export const shellSchema: JsonObject = {
  type: 'object',
  properties: {
    commands: { ...texts, description: 'Command lines; they are run independently of each other.' },
    timeout_ms: { ...whole, description: 'Milliseconds for each.' },
    max_output_length: { ...whole, description: 'Characters of output that are returned.' },
  },
  required: ['commands'],
};

export const applyPatchSchema: JsonObject = {
  type: 'object',
  properties: {
    type: { ...text, enum: ['create_file', 'update_file', 'delete_file'] },
    path: text,
    diff: {
      ...text,
      description: 'The whole new file, each line after "+", or what changes in it. Not for delete_file.',
    },
  },
  required: ['type', 'path'],
};

export const toolSearchSchema: JsonObject = {
  type: 'object',
  properties: { query: { ...text, description: 'What the tool shall do.' } },
  required: ['query'],
};

const point = { x: whole, y: whole };
const keys = { ...texts, description: 'Keys that are held, or pressed.' };

export const computerSchema: JsonObject = {
  type: 'object',
  properties: {
    actions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          type: {
            ...text,
            enum: ['click', 'double_click', 'drag', 'keypress', 'move', 'screenshot', 'scroll', 'type', 'wait'],
          },
          ...point,
          button: { ...text, enum: ['left', 'right', 'wheel', 'back', 'forward'] },
          path: { type: 'array', items: { type: 'object', properties: point, required: ['x', 'y'] } },
          keys,
          scroll_x: whole,
          scroll_y: whole,
          text,
        },
        required: ['type'],
      },
    },
  },
  required: ['actions'],
};
