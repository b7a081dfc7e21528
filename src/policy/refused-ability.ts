import type { GatewayError } from '../canon/error.ts';
import type { Ability } from './needs.ts';

/** What providers call an ability, without what stands around it. */
const words: readonly (readonly [Ability, string])[] = [
  ['images', '(?:images?|image_url|vision|visual|multi-?modal)'],
  ['pdf', '(?:pdfs?|documents?|files?|input_file)'],
  ['tools', '(?:tools?|tool[ _-]?(?:use|usage|calls?|calling)|function[ _-]?(?:calls?|calling)|functions)'],
  ['thinking', '(?:extended thinking|thinking|reasoning)'],
  ['structured', '(?:structured outputs?|json[ _](?:schema|mode|object|output)|response[_ ]?(?:format|schema))'],
];

/** What may stand between an ability and what is said of it: "image content block that you provided". */
const more =
  '(?:[`\'"]|[ _](?:inputs?|content|type|data|blocks?|parts?|modality|modalities|models?|uploads?|understanding|capabilit(?:y|ies)|with function calling))*';

/**
 * Ways to say that a model cannot, `*` being the ability. They are wordings of OpenAI, Anthropic, Google, Amazon,
 * OpenRouter, Groq, Mistral, DeepSeek, Cohere, xAI, vLLM, Ollama, llama.cpp and LM Studio.
 */
const ways: readonly string[] = [
  // "No endpoints found that support image input", "does not support tools", "doesn't support the image content block"
  "(?:no endpoints found that|does not|doesn['’]t|do not|don['’]t|cannot|can ?not|not) (?:currently |yet )?(?:support(?:ed|ing)?|accept|process|handle|take)s?(?: for)?(?: the| any| an?)? ?[`'\"]?*(?![ _](?:formats?|urls?|sizes?|types? [`'\"(]|choice|ids?|names?|effort|budget|parallel))",
  // "tool use is not supported", "Image inputs are unsupported", "Function calling is not enabled for models/..."
  "*(?: (?:is|are|was|were))?(?: currently| yet)? (?:(?:not|n['’]t)(?: currently| yet)? (?:supported|enabled|available|allowed|permitted|accepted|implemented)|unsupported|disabled)",
  // "image_url is only supported by certain models"
  '*(?: is| are) only (?:supported|available) (?:by|for|on|with|in)',
];

/** Wordings of their own. */
const special: readonly (readonly [Ability, RegExp])[] = [
  ['images', /not a (?:multi-?modal|vision) model|at most 0 images?|mmproj|missing data required for image input/i],
  ['images', /unknown variant [`'"]?image(?:_url)?[`'"]?, expected [`'"]?text/i],
  ['images', /invalid content type\. ?image/i],
  ['tools', /auto.{0,3} tool choice requires|tools? (?:param|parameter)? ?requires? --jinja/i],
  ['pdf', /unknown variant [`'"]?(?:file|input_file|document)[`'"]?, expected/i],
];

/** What such a refusal is about is one image, one tool or one parameter, and not what the model can do. */
const particular =
  /format|media[ _-]?type|mime|base64|too (?:large|big|many|long)|exceeds|dimension|resolution|corrupt|decode|download|fetch|could not process|parallel|tool_choice|tool choice [`'"]|strict|reasoning[_ .]effort|thinking\.(?:type|budget)|adaptive|interleaved|streaming|encrypted|signature|schema keyword|file[_ ]id/i;

/** `response_format` has the word in it that else speaks of an image's format. */
const outputWords = /response[_ ]?format/gi;

const patterns = words.flatMap(([ability, word]) =>
  ways.map((way) => [ability, new RegExp(way.replace('*', `\\b${word}${more}`), 'i')] as const),
);

/** Characters of a refusal that are read. */
const maxRead = 2000;

/** What a model is said not to be able to do by an error; nothing where it speaks of something else. */
export function refusedAbility({ kind, message, status }: GatewayError): Ability | undefined {
  const mayTell = kind === 'invalid_request' || kind === 'not_supported' || kind === 'not_found' || status === 422;
  if (!mayTell) return undefined;
  const text = message.slice(0, maxRead);
  const own = special.find(([, pattern]) => pattern.test(text))?.[0];
  if (own !== undefined) return own;
  if (particular.test(text.replace(outputWords, 'response'))) return undefined;
  return patterns.find(([, pattern]) => pattern.test(text))?.[0];
}
