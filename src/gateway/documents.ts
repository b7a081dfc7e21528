import { hasBlock, withBlocks } from '../canon/blocks.ts';
import type { Block, DocumentBlock } from '../canon/content.ts';
import type { Loss } from '../canon/loss.ts';
import { mediaTypeOf } from '../canon/media.ts';
import { pairedTurns } from '../canon/pairing.ts';
import { omitted } from '../canon/prose.ts';
import type { ChatRequest } from '../canon/request.ts';
import { type PdfReader, type PdfText, PdfUnreadable } from './pdf.ts';

/** What stands for a PDF, and what is lost by it. */
interface Told {
  readonly text: string;
  readonly what: Loss['what'];
  readonly why: string;
}

/**
 * The request with each PDF that it carries told as text, for those who take none. One that cannot be read is told as
 * such, so that the model does not guess. The same object when there is no PDF. The same PDF becomes the same text, turn
 * after turn. Throws what the reader throws when it is busy or closed.
 * @param kept how many documents, the first ones, stay what they are.
 */
export async function documentsAsText(
  request: ChatRequest,
  reader: PdfReader,
  kept = 0,
): Promise<{ readonly request: ChatRequest; readonly losses: readonly Loss[] }> {
  const told = new Map<DocumentBlock, Told>();
  // One after the other, so that a request with many takes one place of those who wait.
  for (const block of pdfsIn(request, kept)) told.set(block, await tellingOf(block, reader));
  const losses: Loss[] = [];
  const next = withBlocks(request, (block, path) => {
    const known = block.type === 'document' ? told.get(block) : undefined;
    if (block.type !== 'document' || known === undefined) return block;
    losses.push({ what: known.what, path: path(), why: known.why });
    return { ...block, source: { type: 'text', text: known.text } };
  });
  return { request: next, losses };
}

/** Whether a request carries a PDF. */
export function hasPdf(request: ChatRequest): boolean {
  return hasBlock(request, isPdf);
}

/** PDFs, without those among the first documents. These are counted as they are sent: results in the order of their calls. */
function pdfsIn(request: ChatRequest, kept: number): DocumentBlock[] {
  const found: DocumentBlock[] = [];
  let documents = 0;
  const sent = kept === 0 ? request : { ...request, turns: pairedTurns(request.turns, () => undefined) };
  withBlocks(sent, (block) => {
    if (block.type === 'document') documents += 1;
    if (documents > kept && isPdf(block)) found.push(block);
    return block;
  });
  return found;
}

function isPdf(block: Block): block is DocumentBlock {
  if (block.type !== 'document' || block.source.type !== 'base64') return false;
  return block.source.mediaType === 'application/pdf' || mediaTypeOf(block.source.data) === 'application/pdf';
}

async function tellingOf({ source }: DocumentBlock, reader: PdfReader): Promise<Told> {
  try {
    return tellingOfText(await reader.text(source.type === 'base64' ? source.data : ''));
  } catch (error) {
    if (!(error instanceof PdfUnreadable)) throw error;
    return {
      text: omitted('PDF', error.message),
      what: 'dropped',
      why: `the PDF could not be read: ${error.message}`,
    };
  }
}

/** Pages keep their numbers, so that the model can say where it found something. */
function tellingOfText({ pages, total, truncated }: PdfText): Told {
  const count = total === 1 ? '1 page' : `${total} pages`;
  if (pages.every((page) => page === '')) {
    return {
      text: omitted(`PDF of ${count}`, 'it has no text, only pictures'),
      what: 'dropped',
      why: `the PDF has no text in its ${count}`,
    };
  }
  const text = pages.map((page, i) => `[page ${i + 1}]\n${page}`).join('\n\n');
  const rest = truncated ? `\n\n[The PDF has ${count}; the rest is left out.]` : '';
  const left = truncated ? `, of which the first ${pages.length} are told` : '';
  return { text: text + rest, what: 'approximated', why: `the PDF is told as its text, ${count}${left}` };
}
