import type { EmbedAnswer, EmbedRequest, Vector } from '../canon/embedding.ts';
import { GatewayError } from '../canon/error.ts';
import { type JsonObject, parseJson } from '../canon/json.ts';
import type { Loss } from '../canon/loss.ts';
import type { Usage } from '../canon/usage.ts';
import type { EmbedPass, EmbedUpstream, Headers, WriteOptions } from '../dialects/dialect.ts';
import { type Dialect, dialectNamed } from '../dialects/index.ts';
import type { Carriage } from '../observe/call.ts';
import { applyRemedy, describeRemedy, type Remedy } from '../policy/heal.ts';
import type { Door } from '../providers/provider.ts';
import { Pieces } from '../wire/pieces.ts';
import { spliceModel } from '../wire/splice.ts';
import type { Call } from './call.ts';
import { type Incoming, openBody, parseBody } from './incoming.ts';
import { textOfTokens } from './token-text.ts';

/** A client's wish for vectors, as far as it has been looked at. */
export interface EmbedSource {
  readonly call: Call;
  /** What the client's language calls its sort of body. */
  readonly form: string;
  readonly incoming: Incoming;
  /** @throws invalid_request */
  request(): EmbedRequest;
}

/** One body of a wish, and the places of the inputs it is about; all of them where the client's own body passes. */
export interface EmbedBody {
  readonly body: Pieces;
  /** The same as it is, not as bytes. */
  readonly opened: JsonObject;
  readonly inputs?: readonly number[];
}

/** A wish for vectors as it leaves. */
export interface EmbedOutgoing {
  readonly mode: Carriage;
  readonly dialect: Dialect;
  readonly bodies: readonly EmbedBody[];
  readonly losses: readonly Loss[];
  /** The client's answer from the provider's, and what it cost. @throws bad_upstream */
  readonly answer: (answers: readonly ProviderAnswer[]) => { readonly body: Buffer; readonly usage: Usage };
}

/** What a provider said to one body. */
export interface ProviderAnswer {
  readonly body: Buffer;
  readonly headers: Headers;
}

/** Where a wish goes, and what is known of who is there. */
export interface EmbedTarget {
  readonly door: Door;
  readonly model: string;
  readonly remedies: readonly Remedy[];
}

/** Makes the requests for one provider: the client's bytes where it speaks the same language in the same form, else a translation. */
export async function prepareEmbedding(
  source: EmbedSource,
  { door, model, remedies }: EmbedTarget,
): Promise<EmbedOutgoing> {
  const dialect = dialectNamed(door.speaks);
  const { upstream, pass } = dialect.embed ?? {};
  if (upstream === undefined) throw new GatewayError('not_supported', `There are no embeddings in ${dialect.name}.`);
  const losses: Loss[] = [];
  const options: WriteOptions = { quirks: door.quirks, lose: (loss) => losses.push(loss) };
  const form = door.form ?? source.form;
  const same = dialect.name === source.call.dialect.name && form === source.form;
  return same && pass !== undefined
    ? { ...passed(source, model, { pass, upstream, options, remedies }), dialect, losses }
    : { ...(await translated(source, model, { upstream, form, options, remedies })), dialect, losses };
}

type Prepared = Pick<EmbedOutgoing, 'mode' | 'bodies' | 'answer'>;

interface Around {
  readonly upstream: EmbedUpstream;
  readonly options: WriteOptions;
  readonly remedies: readonly Remedy[];
}

/** Takes out what the provider is known to refuse. True when there was something. */
function remedied(body: JsonObject, remedies: readonly Remedy[], { lose }: WriteOptions): boolean {
  const done = remedies.filter((remedy) => applyRemedy({ body, betas: [] }, remedy));
  for (const remedy of done) lose(describeRemedy(remedy));
  return done.length > 0;
}

function passed(
  { call, incoming, form }: EmbedSource,
  model: string,
  { pass, upstream, options, remedies }: Around & { readonly pass: EmbedPass },
): Prepared {
  const scan = incoming.scan();
  const asked = parseBody(call.body);
  const said = scan === undefined ? asked : { ...asked, model };
  const amended = pass.amend(said, model, options);
  const changed = remedied(said, remedies, options) || amended;
  const bytes = scan === undefined ? call.body : spliceModel(call.body, scan, model);
  return {
    mode: changed ? 'amended' : 'passed',
    bodies: [{ body: changed ? Pieces.ofText(JSON.stringify(said)) : bytes, opened: said }],
    answer: ([only]) => {
      const { body, headers } = only as ProviderAnswer;
      const usage = pass.usageOf(body);
      // An answer that tells its usage is one; anything else is looked at before it is believed.
      if (Object.keys(usage).length === 0) upstream.readResponse(parseJson(body.toString()), headers, form);
      const corrected = pass.corrected?.(body, asked);
      return { body: corrected === undefined ? body : Buffer.from(JSON.stringify(corrected)), usage };
    },
  };
}

async function translated(
  { call, form: asked, ...source }: EmbedSource,
  model: string,
  { upstream, form, options, remedies }: Around & { readonly form: string },
): Promise<Prepared> {
  const request = { ...source.request(), model };
  const said = upstream.tokens === true ? request : await withTexts(request, options);
  const calls = upstream.writeRequests(said, form, options);
  let told = options;
  for (const { body } of calls) {
    remedied(body, remedies, told);
    told = { ...options, lose: () => undefined };
  }
  return {
    mode: 'translated',
    bodies: calls.map(({ body, inputs }) => ({ body: Pieces.ofText(JSON.stringify(body)), opened: body, inputs })),
    answer: (answers) => {
      const parts = answers.map(({ body, headers }) =>
        upstream.readResponse(parseJson(body.toString()), headers, form),
      );
      const places = calls.map(({ inputs }) => inputs);
      const whole = gathered(parts, places, request.inputs.length);
      const written = call.dialect.embed?.client?.writeResponse(whole, request, asked) ?? {};
      return { body: Buffer.from(JSON.stringify(written)), usage: whole.usage };
    },
  };
}

/** The request with the texts that lists of tokens stand for. */
async function withTexts(request: EmbedRequest, { lose }: WriteOptions): Promise<EmbedRequest> {
  if (request.inputs.every(({ content }) => typeof content === 'string')) return request;
  lose({ what: 'mapped', path: 'input', why: 'the provider takes no tokens; their text is sent' });
  const inputs = request.inputs.map(async ({ content, ...input }) => ({
    ...input,
    content: typeof content === 'string' ? content : await textOfTokens(content),
  }));
  return { ...request, inputs: await Promise.all(inputs) };
}

/** All vectors in the order of the inputs. */
function gathered(parts: readonly EmbedAnswer[], places: readonly (readonly number[])[], length: number): EmbedAnswer {
  const vectors: Vector[] = Array.from({ length }, () => []);
  for (const [i, part] of parts.entries()) {
    const inputs = places[i] ?? [];
    if (part.vectors.length !== inputs.length) {
      const message = `The provider gave ${part.vectors.length} embeddings for ${inputs.length} inputs.`;
      throw new GatewayError('bad_upstream', message);
    }
    for (const [j, place] of inputs.entries()) vectors[place] = part.vectors[j] ?? [];
  }
  const input = parts.reduce<number | undefined>(
    (sum, { usage }) => (usage.input === undefined ? sum : (sum ?? 0) + usage.input),
    undefined,
  );
  const usage = { ...parts[0]?.usage, ...(input !== undefined && { input }) };
  const model = parts[0]?.model;
  return { vectors, usage, ...(model !== undefined && { model }) };
}

/** Looks at a client's wish as far as it must be looked at. @throws invalid_request */
export function embedSource(call: Call, form: string, incoming: Incoming): EmbedSource {
  let request: EmbedRequest | undefined;
  return {
    call,
    form,
    incoming,
    request: () => {
      const client = call.dialect.embed?.client;
      if (client === undefined) throw new GatewayError('not_supported', `${call.dialect.name} has no embeddings.`);
      request ??= client.readRequest(openBody(call), form);
      return request;
    },
  };
}
