import type { Block, TextBlock, ToolCallBlock } from '../../canon/content.ts';
import type { Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { urlOf } from '../../canon/media.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { answerHead } from './answer-head.ts';
import { ChoiceJoin } from './choice-join.ts';
import { Annotations } from './citation.ts';
import { writeEnding } from './finish.ts';
import { bareProof, isProven, type ProofPlaces, placedDetails, proofPlaces, withProofOf } from './proof.ts';
import { writeDetails } from './reasoning-detail.ts';
import { asksForFunctions } from './tools-read.ts';
import { writeUsage } from './usage.ts';

/** Writes a whole answer as a `chat.completion`. */
export function writeResponse(answer: Folded, request: ChatRequest): JsonObject {
  const { fields, once } = answerHead(answer, request, 'chat.completion');
  const legacy = asksForFunctions(request);
  const message = writeMessage(answer, legacy);
  const refused = answer.content.some((block) => block.type === 'refusal');
  const ending = writeEnding(answer.finish ?? { reason: 'end' }, { refused, legacy });
  const join = new ChoiceJoin({ index: 0, message, logprobs: null, ...ending });
  for (const { dialect, value } of answer.natives) if (dialect === 'openai-chat') join.add(value);
  const hasUsage = Object.keys(answer.usage).length > 0;
  return {
    ...fields,
    choices: join.choices(),
    ...(hasUsage && { usage: writeUsage(answer.usage) }),
    ...once,
    ...join.rest,
  };
}

function writeMessage({ content, ext }: Folded, legacy: boolean): JsonObject {
  const texts = content.filter((block) => block.type === 'text');
  const refusals = content.filter((block) => block.type === 'refusal');
  const annotations = annotationsOf(texts);
  const images = content.flatMap((block) =>
    block.type === 'image' && block.source.type !== 'file'
      ? [{ type: 'image_url', image_url: { url: urlOf(block.source) } }]
      : [],
  );
  const places = proofPlaces(content);
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map((block) => block.text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map((block) => block.text).join(''),
    ...writeThoughts(content, places, ext?.['openai-chat'] !== undefined),
    ...(annotations.length > 0 && { annotations }),
    ...(images.length > 0 && { images }),
    ...writeCalls(content, places, legacy),
  };
}

function annotationsOf(texts: readonly TextBlock[]): readonly JsonObject[] {
  const annotations = new Annotations();
  for (const { text, citations = [] } of texts) {
    annotations.text(text);
    for (const citation of citations) annotations.cite(citation);
    annotations.close();
  }
  return annotations.all();
}

/**
 * The text for clients that show it; the proofs, where there are any, for those that give them back.
 * @param own the answer is of this language, whose servers have put into the list what they want to see there again.
 */
function writeThoughts(content: readonly Block[], places: ProofPlaces, own: boolean): JsonObject {
  const thoughts = content.filter((block) => block.type === 'thinking');
  const text = thoughts.map((block) => block.text).join('');
  return {
    ...(text !== '' && { reasoning_content: text }),
    ...(thoughts.some(isProven) && {
      reasoning_details: own ? writeDetails(thoughts) : placedDetails(content, places),
    }),
    ...(places.behind !== undefined && withProofOf(places.behind)),
  };
}

function writeCalls(content: readonly Block[], { before }: ProofPlaces, legacy: boolean): JsonObject {
  const calls = content.filter((block) => block.type === 'tool_call');
  const [first] = calls;
  if (first === undefined) return {};
  if (legacy) return { function_call: { name: first.name, arguments: argumentsOf(first) } };
  return {
    tool_calls: calls.map((call) => {
      const proof = bareProof(before.get(call) ?? []);
      return proof === undefined ? writeCall(call) : withProofOf(proof, writeCall(call));
    }),
  };
}

function writeCall(call: ToolCallBlock): JsonObject {
  const ext = call.ext?.['openai-chat'];
  if (call.kind === 'custom')
    return { id: call.id, type: 'custom', custom: { name: call.name, input: call.json }, ...ext };
  return { id: call.id, type: 'function', function: { name: call.name, arguments: argumentsOf(call) }, ...ext };
}

/** Arguments that never came are none, and "none" is written `{}`. */
function argumentsOf(call: ToolCallBlock): string {
  return call.json === '' ? '{}' : call.json;
}
