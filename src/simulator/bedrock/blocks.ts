import { isObject, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { isOwnSignature } from '../signature.ts';
import { checkDocument, checkImage, checkLocation } from './media.ts';
import { refuse, refuseAsModel } from './refusal.ts';
import { checkToolName } from './tools.ts';

/** Where a block stands. */
export interface BlockPlace {
  readonly place: string;
  readonly role: string;
  /** Claude wants its thinking signed. */
  readonly claude: boolean;
}

/** Which blocks may stand in the turns of each side. Results of the model's own tools have a type and stay with it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  user: 'text image document video audio toolResult guardContent cachePoint searchResult'.split(' '),
  assistant: 'text toolUse toolResult reasoningContent citationsContent cachePoint'.split(' '),
  system: 'text guardContent cachePoint toolAddition toolRemoval'.split(' '),
};

/** The one member that a block has. */
export function memberOf(block: JsonObject): string {
  return Object.keys(block).find((key) => block[key] !== undefined && block[key] !== null) ?? '';
}

/** Refuses a block whose content the service or its models refuse. */
export function checkBlock(block: JsonObject, where: BlockPlace): void {
  const member = memberOf(block);
  const foreign =
    member === 'toolResult' && where.role === 'assistant' && objectOf(block.toolResult).type === undefined;
  if (!ALLOWED[where.role]?.includes(member) || foreign) {
    refuse(
      `The ${member} field in the ContentBlock object at ${where.place} is not allowed for the ${where.role} role.`,
    );
  }
  if (member === 'text') return checkText(block, where.place);
  CHECKS[member]?.(objectOf(block[member]), { ...where, place: `${where.place}.${member}` });
}

/** Refuses a text that says nothing. */
function checkText(block: JsonObject, place: string): void {
  if (textOf(block.text).trim() !== '') return;
  refuse(`The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`);
}

type BlockCheck = (content: JsonObject, where: BlockPlace) => void;

function checkUse(use: JsonObject, { place }: BlockPlace): void {
  checkToolName(textOf(use.toolUseId), `${place}.toolUseId`);
  checkToolName(textOf(use.name), `${place}.name`);
  if (!isObject(use.input)) {
    refuse(`The format of the value at ${place}.input is invalid. Provide a json object for the field and try again.`);
  }
}

function checkResult(result: JsonObject, where: BlockPlace): void {
  const { place } = where;
  checkToolName(textOf(result.toolUseId), `${place}.toolUseId`);
  const content = listOf(result.content).map(objectOf);
  if (content.length === 0 && result.status === 'error') {
    refuse(`The content field at ${place} cannot be empty when status value is error.`);
  }
  for (const [index, block] of content.entries()) {
    const member = memberOf(block);
    const at = `${place}.content.${index}.${member}`;
    if (member === 'json' && !isObject(block.json)) {
      refuse(`The format of the value at ${at} is invalid. Provide a json object for the field and try again.`);
    }
    if (member === 'text' && textOf(block.text) === '')
      refuseAsModel('messages: text content blocks must be non-empty');
    if (member === 'text' && textOf(block.text).trim() === '') {
      refuseAsModel('messages: text content blocks must contain non-whitespace text');
    }
    if (member !== 'text' && member !== 'json' && result.status === 'error' && where.claude) {
      refuseAsModel(`${place}: all content must be type \`text\` if \`is_error\` is true`);
    }
    CHECKS[member]?.(objectOf(block[member]), { ...where, place: at });
  }
}

function checkReasoning(reasoning: JsonObject, { place, claude }: BlockPlace): void {
  if (reasoning.redactedContent !== undefined) return;
  const { text, signature } = objectOf(reasoning.reasoningText);
  const at = place.replace(/\.reasoningContent$/, '');
  if (signature === undefined || signature === null) {
    if (claude) refuseAsModel(`${at}.thinking.signature: Field required`);
    return;
  }
  if (!isOwnSignature(textOf(text), textOf(signature))) {
    refuseAsModel(`${at}: Invalid \`signature\` in \`thinking\` block`);
  }
}

function checkMedia(content: JsonObject, { place }: BlockPlace): void {
  const { s3Location } = objectOf(content.source);
  if (s3Location !== undefined) checkLocation(objectOf(s3Location), `${place}.source.s3Location`);
}

const CHECKS: Readonly<Record<string, BlockCheck>> = {
  toolUse: checkUse,
  toolResult: checkResult,
  reasoningContent: checkReasoning,
  image: (image, { place }) => checkImage(image, place),
  document: (document, { place }) => checkDocument(document, place),
  video: checkMedia,
  audio: checkMedia,
};
