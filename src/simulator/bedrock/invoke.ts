import type { Answer } from '../answer.ts';
import { asOwnCall } from '../anthropic/cloud.ts';
import { anthropic } from '../anthropic/dialect.ts';
import type { Asked } from '../asked.ts';
import type { IncomingCall, SimulatedDialect } from '../dialect.ts';
import { type JsonObject, objectOf } from '../json.ts';
import { writeBytes } from './answer.ts';
import { checkClaudeBody, isClaude } from './claude.ts';
import { keysIn, unauthorized } from './door.ts';
import { checkEmbedding, isEmbedder, readEmbedding, writeEmbeddings } from './embed.ts';
import { errorFrame, overflow, writeError } from './error.ts';
import { EVENT_STREAM, encodeEvent } from './event-stream.ts';
import { writeProfile, writeProfiles } from './models.ts';
import { addressOf } from './path.ts';
import { refuse } from './refusal.ts';
import { signatureProblem } from './sigv4.ts';
import { padding } from './stream.ts';

const PROFILES = /(?:^|\/)inference-profiles(?:\/(.+))?$/;

function ownCall(call: IncomingCall): IncomingCall {
  return asOwnCall(call, { body: call.body, model: call.model ?? '', stream: call.stream === true });
}

function read(call: IncomingCall): Asked {
  if (call.operation === 'embed') return readEmbedding(call);
  return { ...anthropic.read(ownCall(call)), dialect: 'bedrock-invoke' };
}

function check(call: IncomingCall): void {
  const { body, rules, model = '' } = call;
  if (rules.models !== undefined && !rules.models.includes(model)) refuse('The provided model identifier is invalid.');
  if (call.operation === 'embed') return checkEmbedding(call);
  // The ARN of a profile does not tell whose model it is; the version in the body does.
  if (!isClaude(model) && body.anthropic_version === undefined) {
    refuse(`The simulator plays no model that is invoked like ${model}; it plays Claude and some embedders.`);
  }
  checkClaudeBody(call, body, model);
}

/** The events of Anthropic's own stream without their frames; Bedrock sends no pings. */
function eventsOf(answer: Answer, asked: Asked): JsonObject[] {
  return anthropic
    .stream(answer, asked)
    .map((frame) => /^data: ?(.*)$/m.exec(String(frame))?.[1] ?? '')
    .filter((data) => data.startsWith('{'))
    .map((data) => objectOf(JSON.parse(data)))
    .filter(({ type }) => type !== 'ping');
}

function writeStream(answer: Answer, asked: Asked): Uint8Array[] {
  const metrics = {
    inputTokenCount: answer.usage?.input ?? 0,
    outputTokenCount: answer.usage?.output ?? 0,
    invocationLatency: 42,
    firstByteLatency: 21,
  };
  return eventsOf(answer, asked).map((event, index) => {
    const said = event.type === 'message_stop' ? { ...event, 'amazon-bedrock-invocationMetrics': metrics } : event;
    return chunk(JSON.stringify(said), padding(index));
  });
}

function chunk(data: string, p: string): Uint8Array {
  return encodeEvent('chunk', JSON.stringify({ bytes: writeBytes(data), p }));
}

/** Bedrock's InvokeModel: Claude, by Anthropic's body without model and stream and its events in chunks; embedders. */
export const bedrockInvoke: SimulatedDialect = {
  name: 'bedrock-invoke',
  prefixes: { answer: 'msg_bdrk_', call: 'toolu_bdrk_' },
  requestIdHeader: 'x-amzn-requestid',
  isClient: (_headers, path) => PROFILES.test(path),
  address(path) {
    const address = addressOf(path, ['invoke', 'invoke-with-response-stream']);
    return isEmbedder(address?.model ?? '') ? { ...address, operation: 'embed' } : address;
  },
  keys: keysIn,
  unauthorized,
  verify: (request, account) => signatureProblem(request, account, Date.now()),
  check,
  read,
  whole: (answer, asked) => (asked.operation === 'embed' ? writeEmbeddings(asked) : anthropic.whole(answer, asked)),
  stream: writeStream,
  streamType: () => EVENT_STREAM,
  count: anthropic.count,
  modelsPath: PROFILES,
  models: writeProfiles,
  model: writeProfile,
  error: writeError,
  errorFrame,
  malformedFrame: () => chunk('{"type":"content_block_delta","index":0,"delta":{"type":"text_del', 'a'),
  overflow,
};
