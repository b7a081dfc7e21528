import type { Citation } from '../../canon/content.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';
import { sealMark } from '../../canon/seal-mark.ts';
import { anthropicName } from './ext.ts';

const kinds: ReadonlyMap<unknown, Citation['kind']> = new Map<unknown, Citation['kind']>([
  ['char_location', 'char'],
  ['page_location', 'page'],
  ['content_block_location', 'block'],
  ['web_search_result_location', 'url'],
  ['search_result_location', 'search_result'],
]);

/** A citation; its positions lie in the cited document, so they stay with the whole object. */
export function readCitation(value: JsonObject): Citation {
  const source = stringIn(value.url) ?? stringIn(value.source);
  const title = stringIn(value.title) ?? stringIn(value.document_title);
  const citedText = stringIn(value.cited_text);
  return {
    kind: kinds.get(value.type) ?? 'unknown',
    ...(source !== undefined && /^https?:/i.test(source) && { url: source }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
    ...(value.encrypted_index !== sealMark &&
      value.file_id !== sealMark && { native: { dialect: anthropicName, value } }),
  };
}

/** The citation as an answer shows it; nothing for one of another language that has neither an address nor a name or words. */
export function writeCitation({ native, url, title, citedText }: Citation): JsonObject | undefined {
  if (native?.dialect === anthropicName) return native.value;
  if (url === undefined)
    return title === undefined && citedText === undefined ? undefined : fileCitation(title, citedText);
  return {
    type: 'web_search_result_location',
    url,
    title: title ?? null,
    cited_text: citedText ?? '',
    // The service looks its own searches up by this: it must never see a citation that is none of its own.
    encrypted_index: sealMark,
  };
}

/** A document that was handed to another service, and has no number here. */
function fileCitation(title: string | undefined, citedText = ''): JsonObject {
  return {
    type: 'char_location',
    cited_text: citedText,
    document_index: 0,
    document_title: title ?? null,
    start_char_index: 0,
    end_char_index: citedText.length,
    file_id: sealMark,
  };
}
