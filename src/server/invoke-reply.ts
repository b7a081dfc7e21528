import { isObject, parseJson, stringIn } from '../canon/json.ts';
import type { Reply } from '../gateway/call.ts';
import { createChunkWrapper } from '../wire/aws-chunks.ts';

type ReplyHeaders = { readonly [name: string]: string | number };

/** AWS's names for what a status says. */
const exceptions: { readonly [status: number]: string } = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  413: 'ValidationException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
  529: 'ServiceUnavailableException',
};

/** An answer in Anthropic's language as Bedrock's InvokeModel carries it: streams in binary frames, errors in AWS's form. */
export class InvokeReply implements Reply {
  protected readonly inner: Reply;
  readonly #wrapper = createChunkWrapper();
  #streams = false;
  /** An error's head waits for its body, whose length will be another. */
  #refusal: { readonly status: number; readonly headers: ReplyHeaders } | undefined;

  constructor(inner: Reply) {
    this.inner = inner;
  }

  head(status: number, headers: ReplyHeaders): void {
    const id = headers['request-id'];
    const told = { ...headers, ...(id !== undefined && { 'x-amzn-requestid': id }) };
    if (status >= 400) {
      this.#refusal = { status: status === 529 ? 503 : status, headers: told };
      return;
    }
    this.#streams = String(headers['content-type']).startsWith('text/event-stream');
    const type = this.#streams ? 'application/vnd.amazon.eventstream' : 'application/json';
    this.inner.head(status, {
      ...told,
      'content-type': type,
      'x-amzn-bedrock-content-type': 'application/json',
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.inner.write(this.#streams ? this.#wrapper.feed(bytes) : bytes);
  }

  end(bytes?: Uint8Array): void {
    if (this.#refusal !== undefined) return this.#refuse(this.#refusal, bytes);
    if (bytes !== undefined && this.#streams) this.inner.end(this.#wrapper.feed(bytes));
    else this.inner.end(bytes);
  }

  #refuse({ status, headers }: { status: number; headers: ReplyHeaders }, bytes: Uint8Array | undefined): void {
    const said = bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString());
    const error = isObject(said) && isObject(said['error']) ? said['error'] : {};
    const message = stringIn(error['message']) ?? 'The request failed.';
    const body = Buffer.from(JSON.stringify({ message }));
    this.inner.head(status, {
      ...headers,
      'content-type': 'application/json',
      'content-length': body.length,
      'x-amzn-errortype': exceptions[status] ?? (status < 500 ? 'ValidationException' : 'InternalServerException'),
    });
    this.inner.end(body);
  }

  destroy(): void {
    this.inner.destroy();
  }

  onDrain(resume: () => void): void {
    this.inner.onDrain(resume);
  }

  onGone(leave: () => void): void {
    this.inner.onGone(leave);
  }

  get headSent(): boolean {
    return this.#refusal !== undefined || this.inner.headSent;
  }

  get gone(): boolean {
    return this.inner.gone;
  }
}

/** A count of tokens under Amazon's name for it. */
export class CountReply extends InvokeReply {
  #headers: ReplyHeaders | undefined;

  override head(status: number, headers: ReplyHeaders): void {
    if (status === 200) this.#headers = headers;
    else super.head(status, headers);
  }

  override end(bytes?: Uint8Array): void {
    if (this.#headers === undefined || bytes === undefined) return super.end(bytes);
    const told = parseJson(Buffer.from(bytes).toString());
    const body = Buffer.from(JSON.stringify({ inputTokens: isObject(told) ? told['input_tokens'] : undefined }));
    this.inner.head(200, { ...this.#headers, 'content-length': body.length });
    this.inner.end(body);
  }
}
