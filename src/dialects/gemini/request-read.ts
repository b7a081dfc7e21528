import type { TextBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Headers } from '../dialect.ts';
import { readGenerationConfig } from './config-read.ts';
import { readContents } from './contents-read.ts';
import { asExt } from './ext.ts';
import { list, message, optional, spelt, string, strings, wrongField } from './field.ts';
import { readFraming } from './framing.ts';
import { requestHeaders } from './headers.ts';
import { readToolConfig, readTools } from './tools-read.ts';

/** Fields with a canonical meaning. All others ride in `ext`. */
const known: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'alt',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
  'labels',
]);

/** Reads a `generateContent` request; `model`, `stream` and `alt` come from its address. Throws `invalid_request` in Google's words. */
export function readRequest(body: JsonObject, headers: Headers): ChatRequest {
  const fields = spelt(body);
  const model = modelName(optional(fields.model, 'model', string) ?? '');
  const stream = fields.stream === true;
  const config = readGenerationConfig(optional(fields.generationConfig, 'generationConfig', message) ?? {});
  const choice = readToolConfig(optional(fields.toolConfig, 'toolConfig', message) ?? {});
  const system = readSystem(fields.systemInstruction);
  const serviceTier = optional(fields.serviceTier, 'serviceTier', string);
  const labels = optional(fields.labels, 'labels', strings);
  const own = ownHeaders(headers);
  const { sampling, ext: configRest, ...asked } = config;
  return {
    from: 'gemini',
    model,
    stream,
    system: system.blocks,
    turns: readContents(fields.contents),
    tools: readTools(fields.tools),
    ...(choice.toolChoice !== undefined && { toolChoice: choice.toolChoice }),
    sampling,
    ...asked,
    ...(serviceTier !== undefined && { serviceTier }),
    ...(labels !== undefined && { labels }),
    ...(own !== undefined && { headers: own }),
    ...asExt({
      ...otherFields(fields, known),
      ...(configRest !== undefined && { generationConfig: configRest }),
      ...(choice.ext !== undefined && { toolConfig: choice.ext }),
      ...(system.whole !== undefined && { systemInstruction: system.whole }),
    }),
    ...readFraming(fields.alt, stream),
  };
}

/** `models/x` and full resource names mean the model at their end. */
function modelName(name: string): string {
  return name.replace(/^(?:.*\/)?models\//, '');
}

/** Instructions are texts. `whole` is what they came as, where there is more among them. */
function readSystem(value: unknown): { readonly blocks: readonly TextBlock[]; readonly whole?: unknown } {
  if (value === undefined || value === null) return { blocks: [] };
  if (typeof value === 'string') return { blocks: [{ type: 'text', text: value }] };
  const parts = systemParts(value);
  const texts = parts.flatMap((part) => stringIn(part.text) ?? []);
  return {
    blocks: texts.filter((text) => text !== '').map((text) => ({ type: 'text', text })),
    ...(texts.length < parts.length && { whole: value }),
  };
}

/** A content, a part, or a list of parts. */
function systemParts(value: unknown): JsonObject[] {
  const path = 'systemInstruction';
  if (Array.isArray(value)) return list(value, path, message);
  if (!isObject(value)) throw wrongField(path, 'must be a content');
  if (value.parts === undefined) return typeof value.text === 'string' ? [value] : [];
  return list(value.parts, `${path}.parts`, message);
}

function ownHeaders(headers: Headers): Headers | undefined {
  const own = Object.entries(headers).filter(([name]) => requestHeaders.includes(name));
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}
