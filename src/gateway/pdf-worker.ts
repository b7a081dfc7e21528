// Runs in a thread of its own: reads one PDF after the other, and tells each page as soon as it has it.
import { parentPort } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';

/** What the thread is asked to do. */
export interface PdfTask {
  readonly bytes: Uint8Array;
  readonly maxPages: number;
  readonly maxCharacters: number;
}

/** What it answers: `open`, `page` for each page, `end`; or `failed` at any point. */
export type PdfReply =
  | { readonly type: 'open'; readonly pages: number }
  | { readonly type: 'page'; readonly text: string }
  | { readonly type: 'end'; readonly truncated: boolean }
  | { readonly type: 'failed'; readonly why: string };

/** The part of a page's text that is read here. */
interface Chunk {
  readonly items: readonly { readonly str?: string; readonly hasEOL?: boolean }[];
}

parentPort?.on('message', (task: PdfTask) => {
  read(task).catch((error: unknown) => tell({ type: 'failed', why: reasonOf(error) }));
});

function tell(reply: PdfReply): void {
  parentPort?.postMessage(reply);
}

async function read({ bytes, maxPages, maxCharacters }: PdfTask): Promise<void> {
  const pdf = await getDocumentProxy(bytes, { verbosity: 0 });
  try {
    tell({ type: 'open', pages: pdf.numPages });
    let left = maxCharacters;
    let isFull = false;
    const last = Math.min(pdf.numPages, maxPages);
    for (let number = 1; number <= last && !isFull; number++) {
      const page = await pdf.getPage(number);
      const raw = await textOf(page.streamTextContent() as ReadableStream<Chunk>, left);
      const text = tidy(raw.slice(0, left));
      tell({ type: 'page', text });
      isFull = raw.length > left;
      left -= text.length;
      page.cleanup();
    }
    tell({ type: 'end', truncated: last < pdf.numPages || isFull });
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** A page's text, in lines. What lies beyond the limit is not even looked at: a page may be larger than memory. */
async function textOf(chunks: ReadableStream<Chunk>, most: number): Promise<string> {
  let text = '';
  const reader = chunks.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    for (const { str = '', hasEOL = false } of value.items) text += hasEOL ? `${str}\n` : str;
    if (text.length <= most) continue;
    // The library insists on a reason.
    await reader.cancel(new Error('enough'));
    return text;
  }
}

function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** In words for whoever sent the PDF. */
function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return name === 'PasswordException' ? 'it is protected by a password' : 'it is damaged, or no PDF';
}
