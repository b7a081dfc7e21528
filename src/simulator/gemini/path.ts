import type { Address } from '../dialect.ts';

const PATH =
  /(?:^|\/)v1(?:alpha|beta|beta1)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/google\/)?(?:models|tunedModels|endpoints)\/([^/]+):(generateContent|streamGenerateContent|countTokens)$/;

/** What a path asks for; undefined when it is not Gemini's. */
export function addressOf(path: string): Address | undefined {
  const [, model = '', method] = PATH.exec(path) ?? [];
  if (method === undefined) return undefined;
  return {
    operation: method === 'countTokens' ? 'count' : 'answer',
    model: decodeURIComponent(model),
    stream: method === 'streamGenerateContent',
  };
}

/** True for Vertex AI, which differs from the Gemini API in a few words. */
export function isVertex(path: string): boolean {
  return /\/(?:projects|publishers)\//.test(path);
}

/** True when a stream is one of server-sent events; otherwise it is a JSON array that grows. */
export function isEventStream(query: URLSearchParams): boolean {
  return query.get('alt') === 'sse';
}
