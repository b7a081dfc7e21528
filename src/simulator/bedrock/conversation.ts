import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { checkBlock, memberOf } from './blocks.ts';
import { refuse, refuseAsModel } from './refusal.ts';

const MAX_DOCUMENTS = 5;
const MAX_IMAGES = 20;

/** One message whose form is good. */
interface Spoken {
  readonly role: string;
  readonly content: readonly JsonObject[];
  readonly place: string;
}

/** Refuses messages whose content or order the service refuses; their form is checked already. */
export function checkMessages(body: JsonObject, claude: boolean): void {
  const messages = listOf(body.messages).map((value, index): Spoken => {
    const message = objectOf(value);
    return {
      role: textOf(message.role),
      content: listOf(message.content).map(objectOf),
      place: `messages.${index}`,
    };
  });
  for (const message of messages) checkContent(message, claude);
  const turns = messages.filter(({ role }) => role !== 'system');
  if (turns[0]?.role !== 'user' || messages[0]?.role !== 'user') {
    refuse(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  checkAlternation(turns);
  const usesTools = turns.some(({ content }) =>
    content.some((block) => ids([block], 'toolUse', 'toolResult').length > 0),
  );
  if (usesTools && body.toolConfig === undefined) {
    refuse('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'assistant') checkAnswered(turn, turns[index + 1]);
    else checkResults(turn, turns[index - 1], claude);
  }
  checkUniqueIds(turns);
  checkDocuments(turns);
  const last = turns.at(-1);
  if (claude && last?.role === 'assistant' && /\s$/.test(textOf(last.content.at(-1)?.text))) {
    refuseAsModel('messages: final assistant content cannot end with trailing whitespace');
  }
}

function checkContent({ role, content, place }: Spoken, claude: boolean): void {
  if (content.length === 0) {
    refuse(
      `The content field in the Message object at ${place} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  for (const [index, block] of content.entries())
    checkBlock(block, { place: `${place}.content.${index}`, role, claude });
  const members = content.map(memberOf);
  if (members.includes('document') && !members.includes('text')) {
    refuse('A text block must be included when using documents.');
  }
  for (const [index, member] of members.entries()) {
    if (member !== 'cachePoint') continue;
    if (index === 0)
      refuse('There is nothing available to cache. Please remove the invalid cache point and try again.');
    if (members[index - 1] === 'reasoningContent') {
      refuse(
        'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
      );
    }
  }
}

function checkAlternation(turns: readonly Spoken[]): void {
  if (turns.every((turn, index) => turn.role !== turns[index - 1]?.role)) return;
  refuse(
    'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user ' +
      'and assistant roles and try again.',
  );
}

/** Ids of the calls or results among these blocks; those of the model's own tools, which have a type, do not count. */
function ids(content: readonly JsonObject[], ...members: readonly string[]): string[] {
  return content
    .flatMap((block) => members.map((member) => objectOf(block[member])))
    .filter(({ toolUseId, type }) => toolUseId !== undefined && type === undefined)
    .map(({ toolUseId }) => textOf(toolUseId));
}

function checkAnswered({ content, place }: Spoken, next: Spoken | undefined): void {
  const calls = ids(content, 'toolUse');
  const results = ids(next?.content ?? [], 'toolResult');
  const missing = calls.filter((id) => !results.includes(id));
  if (missing.length === 0) return;
  const at = next?.place ?? place.replace(/\d+$/, (index) => String(Number(index) + 1));
  refuse(`Expected toolResult blocks at ${at}.content for the following Ids: ${missing.join(', ')}`);
}

function checkResults({ content, place }: Spoken, before: Spoken | undefined, claude: boolean): void {
  const results = ids(content, 'toolResult');
  const calls = ids(before?.content ?? [], 'toolUse');
  if (results.length > calls.length) {
    refuse(
      `The number of toolResult blocks at ${place}.content exceeds the number of toolUse blocks of previous turn.`,
    );
  }
  const repeated = results.filter((id, index) => results.indexOf(id) !== index);
  if (repeated.length > 0) {
    refuse(`The toolResult blocks at ${place}.content contain duplicate Ids: ${repeated.join(', ')}`);
  }
  const unknown = results.filter((id) => !calls.includes(id));
  if (unknown.length > 0) {
    refuse(`The toolResult blocks at ${place}.content contain invalid Ids: ${unknown.join(', ')}`);
  }
  const first = content.filter((block) => memberOf(block) !== 'cachePoint').slice(0, results.length);
  if (claude && first.some((block) => memberOf(block) !== 'toolResult')) {
    refuseAsModel(
      `${place}: Did not find ${results.length} \`tool_result\` block(s) at the beginning of this message. Messages ` +
        'following `tool_use` blocks must begin with a matching number of `tool_result` blocks.',
    );
  }
}

function checkUniqueIds(turns: readonly Spoken[]): void {
  const seen = new Set<string>();
  for (const { content, place } of turns) {
    for (const id of ids(content, 'toolUse')) {
      if (seen.has(id)) refuseAsModel(`${place}: \`tool_use\` ids must be unique`);
      seen.add(id);
    }
  }
}

/** What a conversation may have of documents and images in all its messages together. */
function checkDocuments(turns: readonly Spoken[]): void {
  const blocks = turns.flatMap(({ content }) => content);
  const inner = blocks.flatMap((block) => listOf(objectOf(block.toolResult).content).map(objectOf));
  const documents = [...blocks, ...inner].filter((block) => block.document !== undefined);
  const names = documents.map((block) => textOf(objectOf(block.document).name));
  if (new Set(names).size < names.length) refuse("Messages can't contain duplicate document names.");
  if (documents.length > MAX_DOCUMENTS) {
    refuse(`You can't include more than ${MAX_DOCUMENTS} documents in a request.`);
  }
  const images = [...blocks, ...inner].filter((block) => block.image !== undefined).length;
  if (images > MAX_IMAGES) {
    refuseAsModel(`messages: too many images and documents: ${images} + ${documents.length} > ${MAX_IMAGES}`);
  }
}
