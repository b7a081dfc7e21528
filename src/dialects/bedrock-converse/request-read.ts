import type { TextBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, otherFields, parseJson } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat, Turn } from '../../canon/request.ts';
import { readAdditional } from './additional-read.ts';
import { readContent, readTextBlock } from './block-read.ts';
import { asExt, converseName, defined } from './ext.ts';
import {
  aBoolean,
  aCount,
  aNumber,
  isAbsent,
  optional,
  requiredList,
  requiredObject,
  requiredString,
  wrongField,
} from './field.ts';
import { markedBy } from './mark.ts';
import { readToolConfig } from './tool-read.ts';

const requestFields: ReadonlySet<string> = new Set([
  'model',
  'modelId',
  'stream',
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'additionalModelRequestFields',
  'requestMetadata',
  'serviceTier',
  'outputConfig',
]);
const turnFields: ReadonlySet<string> = new Set(['role', 'content']);
const inferenceFields: ReadonlySet<string> = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences']);
const outputFields: ReadonlySet<string> = new Set(['textFormat', 'effort']);

/** Reads a Converse request; model and stream flag have been put into it. Throws `invalid_request` that names the field. */
export function readRequest(body: JsonObject): ChatRequest {
  const model = requiredString(body.model ?? body.modelId, 'modelId');
  const inference = optional(body.inferenceConfig, 'inferenceConfig', requiredObject) ?? {};
  const output = optional(body.outputConfig, 'outputConfig', requiredObject) ?? {};
  const { tools, choice, others: configOthers } = readToolConfig(body.toolConfig);
  const additional = readAdditional(body.additionalModelRequestFields);
  const system = readSystem(body.system);
  const format = readFormat(output.textFormat);
  const effort = optional(output.effort, 'outputConfig.effort', requiredString);
  const reasoning = { ...additional.reasoning, ...(effort !== undefined && { effort }) };
  const unread = format === undefined && !isAbsent(output.textFormat) && { textFormat: output.textFormat };
  return {
    from: converseName,
    model,
    stream: optional(body.stream, 'stream', aBoolean) ?? false,
    system: system.blocks,
    turns: readTurns(body.messages),
    tools,
    sampling: defined({
      temperature: optional(inference.temperature, 'inferenceConfig.temperature', aNumber),
      topP: optional(inference.topP, 'inferenceConfig.topP', aNumber),
      topK: additional.topK,
    }),
    ...defined({
      toolChoice: choice ?? additional.choice,
      parallelTools: additional.parallel,
      maxTokens: optional(inference.maxTokens, 'inferenceConfig.maxTokens', (value, path) => aCount(value, path, 1)),
      stop: readStop(inference.stopSequences),
      reasoning: Object.keys(reasoning).length > 0 ? reasoning : undefined,
      format,
      serviceTier: readTier(body.serviceTier),
      labels: readLabels(body.requestMetadata),
      headers: additional.betas === undefined ? undefined : { 'anthropic-beta': additional.betas },
    }),
    ...asExt({
      ...otherFields(body, requestFields),
      ...nested('inferenceConfig', otherFields(inference, inferenceFields)),
      ...nested('toolConfig', configOthers),
      ...nested('additionalModelRequestFields', additional.others),
      ...nested('outputConfig', { ...otherFields(output, outputFields), ...unread }),
      ...nested('system', system.others),
    }),
  };
}

/** What is left of an object under its own name; nothing where nothing is left. */
function nested(field: string, others: JsonObject | undefined): JsonObject {
  return others === undefined || Object.keys(others).length === 0 ? {} : { [field]: others };
}

/** Messages may be absent where the model's name stands for a prompt that has them. */
function readTurns(value: unknown): Turn[] {
  const messages = optional(value, 'messages', requiredList) ?? [];
  return messages.map((item, i): Turn => {
    const path = `messages[${i}]`;
    const message = requiredObject(item, path);
    const role = requiredString(message.role, `${path}.role`);
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      throw wrongField(`${path}.role`, 'Member must satisfy enum value set: [user, assistant, system]');
    }
    return {
      role,
      content: readContent(message.content, `${path}.content`),
      ...asExt(otherFields(message, turnFields)),
    };
  });
}

/** Instructions; what is no text among them is kept under its place. */
function readSystem(value: unknown): { readonly blocks: TextBlock[]; readonly others: JsonObject } {
  const blocks: TextBlock[] = [];
  const others: JsonObject = {};
  const list = optional(value, 'system', requiredList) ?? [];
  list.forEach((item, i) => {
    const path = `system[${i}]`;
    const object = requiredObject(item, path);
    const marked = markedBy(blocks.at(-1), object);
    const block = marked ?? readTextBlock(object, path);
    if (marked !== undefined) blocks[blocks.length - 1] = marked;
    else if (block !== undefined) blocks.push(block);
    else others[String(blocks.length)] = [...((others[String(blocks.length)] as unknown[]) ?? []), object];
  });
  return { blocks, others };
}

function readStop(value: unknown): string[] | undefined {
  const path = 'inferenceConfig.stopSequences';
  const list = optional(value, path, requiredList) ?? [];
  return list.length === 0 ? undefined : list.map((item, i) => requiredString(item, `${path}[${i}]`));
}

/** The schema travels as text. */
function readFormat(value: unknown): OutputFormat | undefined {
  const format = optional(value, 'outputConfig.textFormat', requiredObject);
  const structure = isObject(format?.structure) ? format.structure : {};
  if (format?.type !== 'json_schema' || !isObject(structure.jsonSchema)) return undefined;
  const path = 'outputConfig.textFormat.structure.jsonSchema';
  const { schema, name, description } = structure.jsonSchema;
  const parsed = parseJson(requiredString(schema, `${path}.schema`));
  if (!isObject(parsed)) throw wrongField(`${path}.schema`, 'Member must be a JSON schema');
  return {
    type: 'json_schema',
    schema: parsed,
    ...defined({
      name: optional(name, `${path}.name`, requiredString),
      description: optional(description, `${path}.description`, requiredString),
    }),
  };
}

function readTier(value: unknown): string | undefined {
  const tier = optional(value, 'serviceTier', requiredObject);
  return tier === undefined ? undefined : requiredString(tier.type, 'serviceTier.type');
}

function readLabels(value: unknown): { [name: string]: string } | undefined {
  const labels = optional(value, 'requestMetadata', requiredObject);
  if (labels === undefined) return undefined;
  const entries = Object.entries(labels).map(([name, text]) => [name, requiredString(text, `requestMetadata.${name}`)]);
  return Object.fromEntries(entries) as { [name: string]: string };
}
