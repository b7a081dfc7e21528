import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Cited, count, objectIn, type Part, type Saying, text } from '../saying.ts';
import type { Language, Told } from './language.ts';

const refusals = [
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
];

/** Parts in the order of the chunks; the pieces of a call's arguments are put where their paths say. */
function gather(events: readonly JsonObject[]): JsonObject {
  const parts: JsonObject[] = [];
  let answer: JsonObject = {};
  let candidate: JsonObject = {};
  let open: JsonObject | undefined;
  for (const event of events) {
    const { candidates, usageMetadata, ...rest } = event;
    answer = {
      ...answer,
      ...rest,
      usageMetadata: { ...objectIn(answer['usageMetadata']), ...objectIn(usageMetadata) },
    };
    const [told] = objectsIn(candidates);
    if (told === undefined) continue;
    const { content, ...fields } = told;
    candidate = { ...candidate, ...fields };
    for (const part of objectsIn(objectIn(content)['parts'])) {
      const call = part['functionCall'];
      if (
        !isObject(call) ||
        (open === undefined && call['willContinue'] !== true && call['partialArgs'] === undefined)
      ) {
        parts.push(structuredClone(part));
        continue;
      }
      if (open === undefined || (typeof call['name'] === 'string' && call['name'] !== '')) {
        open = { ...structuredClone(part), functionCall: { args: {}, id: call['id'], name: call['name'] } };
        parts.push(open);
      }
      for (const piece of objectsIn(call['partialArgs'])) put(objectIn(open['functionCall']), piece);
      if (call['willContinue'] !== true) open = undefined;
    }
  }
  return { ...answer, candidates: [{ ...candidate, content: { role: 'model', parts } }] };
}

/** `$.a.b[0].c`; text in pieces is strung together. */
function put(call: JsonObject, piece: JsonObject): void {
  const path = [...text(piece['jsonPath']).matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => (index === undefined ? (name ?? quoted ?? '') : Number(index)),
  );
  const value =
    piece['stringValue'] ?? piece['numberValue'] ?? piece['boolValue'] ?? ('nullValue' in piece ? null : undefined);
  if (value === undefined) return;
  let at: { [key: string | number]: unknown } = call;
  const steps: (string | number)[] = ['args', ...path];
  steps.forEach((step, i) => {
    const next = steps[i + 1];
    if (next === undefined)
      at[step] = typeof value === 'string' && typeof at[step] === 'string' ? at[step] + value : value;
    else {
      at[step] ??= typeof next === 'number' ? [] : {};
      at = at[step] as { [key: string | number]: unknown };
    }
  });
}

function partOf(part: JsonObject): Part {
  const signature = text(part['thoughtSignature']);
  const proof = signature === '' ? {} : { proof: signature };
  if (isObject(part['functionCall'])) {
    const { id, name, args } = part['functionCall'];
    return { type: 'call', id: text(id), name: text(name), input: args ?? {}, ...proof };
  }
  if (isObject(part['functionResponse'])) {
    const { id, response } = part['functionResponse'];
    return { type: 'result', id: text(id), text: JSON.stringify(response) };
  }
  if (isObject(part['inlineData'])) return { type: 'image', data: text(part['inlineData']['data']), ...proof };
  if (typeof part['text'] === 'string') {
    return { type: part['thought'] === true ? 'thinking' : 'text', text: part['text'], ...proof };
  }
  return Object.keys(part).every((name) => name === 'thoughtSignature' || name === 'thought')
    ? { type: 'text', text: '', ...proof }
    : { type: 'own', value: part };
}

function citedIn(candidate: JsonObject, parts: readonly Part[]): Cited[] {
  const grounding = objectIn(candidate['groundingMetadata']);
  const webs = objectsIn(grounding['groundingChunks']).map((chunk) =>
    objectIn(chunk['web'] ?? chunk['retrievedContext']),
  );
  const supports = objectsIn(grounding['groundingSupports']);
  const said = Buffer.from(parts.map((part) => (part.type === 'text' ? part.text : '')).join(''));
  const sourceOf = (web: JsonObject): Cited => ({
    ...(text(web['uri']) !== '' && { url: text(web['uri']) }),
    ...(text(web['title']) !== '' && { title: text(web['title']) }),
  });
  const cited = supports.flatMap((support) => {
    const segment = objectIn(support['segment']);
    // Positions are counted in bytes.
    const start = said.toString('utf8', 0, count(segment['startIndex'])).length;
    const end = said.toString('utf8', 0, count(segment['endIndex'])).length;
    const places = Array.isArray(support['groundingChunkIndices'])
      ? (support['groundingChunkIndices'] as number[])
      : [];
    return places.map((place) => ({ ...sourceOf(webs[place] ?? {}), start, end }));
  });
  const sources = objectsIn(
    objectIn(candidate['citationMetadata'])['citationSources'] ?? objectIn(candidate['citationMetadata'])['citations'],
  );
  const list = sources.map((one) => ({ ...(typeof one['uri'] === 'string' && { url: one['uri'] }) }));
  return cited.length > 0 ? cited : [...webs.map(sourceOf), ...list];
}

function saying(answer: JsonObject): Saying {
  const [candidate = {}] = objectsIn(answer['candidates']);
  const parts = objectsIn(objectIn(candidate['content'])['parts']).map(partOf);
  const usage = objectIn(answer['usageMetadata']);
  const cacheRead = count(usage['cachedContentTokenCount']);
  const reasoning = count(usage['thoughtsTokenCount']);
  return {
    parts,
    cited: citedIn(candidate, parts),
    reason: reasonOf(text(candidate['finishReason']), parts, answer),
    tokens: {
      input: count(usage['promptTokenCount']) + count(usage['toolUsePromptTokenCount']) - cacheRead,
      cacheRead,
      cacheWrite: 0,
      output: count(usage['candidatesTokenCount']) + reasoning,
      reasoning,
    },
  };
}

function reasonOf(word: string, parts: readonly Part[], answer: JsonObject): string {
  if (word === 'STOP') return parts.some(({ type }) => type === 'call') ? 'tool_calls' : 'end';
  if (word === 'MAX_TOKENS') return 'length';
  if (refusals.includes(word) || objectIn(answer['promptFeedback'])['blockReason'] !== undefined) return 'refusal';
  return word;
}

function told(body: JsonObject): Told[] {
  const { systemInstruction } = body;
  const turns: Told[] = isObject(systemInstruction)
    ? [{ role: 'system', parts: objectsIn(systemInstruction['parts']).map(partOf) }]
    : [];
  let said: JsonObject[] = [];
  for (const content of [...objectsIn(body['contents']), {}]) {
    if (content['role'] === 'model') {
      said.push({ candidates: [{ content }] });
      continue;
    }
    // What was said in pieces may come back in pieces.
    if (said.length > 0) turns.push({ role: 'assistant', parts: saying(gather(said)).parts });
    said = [];
    turns.push({ role: 'user', parts: objectsIn(content['parts']).map(partOf) });
  }
  return turns;
}

export const gemini: Language = { gather, saying, told };
