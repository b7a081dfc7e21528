import { GatewayError } from '../canon/error.ts';
import { isObject, type JsonObject, stringIn } from '../canon/json.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Address, Call, ClientDialect } from '../gateway/call.ts';
import { parseBody } from '../gateway/incoming.ts';
import { Pieces } from '../wire/pieces.ts';
import { CountReply } from './invoke-reply.ts';

const aboutAnswers = ['max_tokens', 'stop_sequences', 'temperature', 'top_p', 'top_k', 'metadata', 'stream'];

/** A count of a Messages request that stands within Bedrock's own, as bytes; nothing where it is another. */
export function invokeCount(call: Call, address: Address): Call | undefined {
  const { input } = parseBody(call.body);
  const invoked =
    isObject(input) && isObject(input['invokeModel']) ? stringIn(input['invokeModel']['body']) : undefined;
  if (invoked === undefined) return undefined;
  const whole = parseBody(Pieces.of(Buffer.from(invoked, 'base64')));
  // What is about the answer has no place in a count.
  const prompt = Object.fromEntries(Object.entries(whole).filter(([field]) => !aboutAnswers.includes(field)));
  return {
    ...uncarried({ ...call, body: Pieces.ofText(JSON.stringify({ ...prompt, model: address.model })) }, undefined),
    dialect: dialectNamed('anthropic') as ClientDialect,
    reply: new CountReply(call.reply),
  };
}

/**
 * Anthropic's language as Bedrock's InvokeModel and Vertex' rawPredict carry it, laid bare: model and stream flag are in
 * the path there, version and betas in the body. What is inside is a Messages request like any other.
 */
export function uncarried(call: Call, address: Address | undefined): Call {
  const { anthropic_version: version, anthropic_beta: betas, ...rest } = parseBody(call.body);
  if (version !== undefined && stringIn(version) === undefined) {
    throw new GatewayError('invalid_request', 'anthropic_version: Input should be a valid string', {
      param: 'anthropic_version',
    });
  }
  const body: JsonObject = address === undefined ? rest : { model: address.model, ...rest, stream: address.stream };
  const named: unknown[] = [call.headers['anthropic-beta'], ...(Array.isArray(betas) ? (betas as unknown[]) : [betas])];
  const beta = [...new Set(named.flatMap((names) => stringIn(names)?.split(',') ?? []).map((name) => name.trim()))];
  const { 'anthropic-beta': _, ...headers } = call.headers;
  const { address: __, ...bare } = call;
  return {
    ...bare,
    headers: beta.length > 0 ? { ...headers, 'anthropic-beta': beta.join(',') } : headers,
    // Their query is not Anthropic's.
    query: '',
    body: Pieces.ofText(JSON.stringify(body)),
  };
}
