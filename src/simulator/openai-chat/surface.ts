import type { OtherAnswer, OtherCall } from '../dialect.ts';
import { isObject, type JsonObject, listOf, numberOf, textOf } from '../json.ts';
import { bytesAnswer, jsonAnswer } from '../other.ts';
import { estimateTokens } from '../tokens.ts';
import { answerFiles } from './files.ts';
import { fieldIn, fileIn, formParts } from './form.ts';
import { checkOneOf, refuse } from './refusal.ts';

const PATH = /(?:^|\/)((?:images|audio)\/\w+|moderations|completions)$|(?:^|\/)files(?:\/([\w-]+))?(?:\/(content))?$/;
/** A picture of one point. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SOUNDS: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** What OpenAI offers besides conversations and vectors; undefined for any other path. */
export function answerOther(call: OtherCall): OtherAnswer | undefined {
  const found = PATH.exec(call.path);
  if (found === null || /chat\/completions$/.test(call.path)) return undefined;
  const [, operation, ...ids] = found;
  if (operation === undefined)
    return answerFiles(
      call,
      ids.filter((part) => part !== undefined),
    );
  return call.method === 'POST' ? answers[operation]?.(call) : undefined;
}

const answers: Readonly<Record<string, (call: OtherCall) => OtherAnswer>> = {
  'images/generations': generate,
  'images/edits': (call) => fromImage(call, true),
  'images/variations': (call) => fromImage(call, false),
  'audio/speech': speak,
  'audio/transcriptions': transcribe,
  'audio/translations': transcribe,
  moderations: moderate,
  completions: complete,
};

function jsonBody({ body }: OtherCall): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  return refuse('We could not parse the JSON body of your request.');
}

function modelOf({ rules }: OtherCall, model: string): string {
  if (model === '') refuse('you must provide a model parameter');
  if (rules.models?.includes(model) === false)
    refuse(`The model '${model}' does not exist.`, 'model', 'model_not_found');
  return model;
}

function events(list: readonly JsonObject[]): OtherAnswer {
  const frames = list.map((event) => `event: ${textOf(event.type)}\ndata: ${JSON.stringify(event)}\n\n`);
  return bytesAnswer('text/event-stream; charset=utf-8', frames.join(''));
}

function imageUsage(prompt: string): JsonObject {
  const input = estimateTokens(prompt);
  return {
    input_tokens: input,
    output_tokens: 272,
    total_tokens: input + 272,
    input_tokens_details: { text_tokens: input },
  };
}

function generate(call: OtherCall): OtherAnswer {
  const body = jsonBody(call);
  const model = textOf(body.model) || 'dall-e-2';
  if (model.startsWith('gpt-image') && body.response_format !== undefined) {
    refuse("Unknown parameter: 'response_format'.", 'response_format', 'unknown_parameter');
  }
  const prompt = textOf(body.prompt);
  if (prompt === '') refuse("Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter');
  const usage = imageUsage(prompt);
  if (body.stream === true) {
    return events([
      { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: PNG },
      { type: 'image_generation.completed', b64_json: PNG, usage },
    ]);
  }
  const data = Array.from({ length: numberOf(body.n) ?? 1 }, () => ({ b64_json: PNG, revised_prompt: prompt }));
  return jsonAnswer({ created: 1_700_000_000, data, usage });
}

function fromImage({ headers, body }: OtherCall, prompted: boolean): OtherAnswer {
  const parts = formParts(headers, body);
  const image = fileIn(parts, 'image');
  const prompt = fieldIn(parts, 'prompt');
  if (prompted && prompt === '') refuse("Missing required parameter: 'prompt'.", 'prompt');
  const data = [{ b64_json: image.value.toString('base64') }];
  return jsonAnswer({ created: 1_700_000_000, data, usage: imageUsage(prompt) });
}

/** The sound is the text itself, each character as many times as it has bits. */
function speak(call: OtherCall): OtherAnswer {
  const body = jsonBody(call);
  modelOf(call, textOf(body.model));
  const input = textOf(body.input);
  if (input === '') refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  const format = textOf(body.response_format) || 'mp3';
  checkOneOf(format, Object.keys(SOUNDS), 'response_format');
  const sound = Buffer.from(
    [...Buffer.from(input)].flatMap((byte) => Array.from({ length: 8 }, (_, i) => byte ^ (i * 31))),
  );
  if (body.stream_format !== 'sse') return bytesAnswer(SOUNDS[format] ?? '', sound);
  const usage = { input_tokens: estimateTokens(input), output_tokens: 8, total_tokens: estimateTokens(input) + 8 };
  return events([
    { type: 'speech.audio.delta', audio: sound.toString('base64') },
    { type: 'speech.audio.done', usage },
  ]);
}

/** What is heard is told by the sound's length, and by the words of the hint. */
function transcribe(call: OtherCall): OtherAnswer {
  const parts = formParts(call.headers, call.body);
  const { value, filename } = fileIn(parts, 'file');
  const model = modelOf(call, fieldIn(parts, 'model'));
  const text = `${fieldIn(parts, 'prompt')} ${filename ?? ''}: ${value.length} bytes heard by ${model}.`.trim();
  const format = fieldIn(parts, 'response_format') || 'json';
  if (format === 'text') return bytesAnswer('text/plain; charset=utf-8', `${text}\n`);
  const usage = { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 };
  if (fieldIn(parts, 'stream') === 'true') {
    return events([
      { type: 'transcript.text.delta', delta: text },
      { type: 'transcript.text.done', text, usage },
    ]);
  }
  if (format !== 'verbose_json') return jsonAnswer({ text, usage });
  const duration = { type: 'duration', seconds: 2 };
  return jsonAnswer({ task: 'transcribe', language: 'english', duration: 1.5, text, segments: [], usage: duration });
}

/** What speaks of violence is flagged. */
function moderate(call: OtherCall): OtherAnswer {
  const body = jsonBody(call);
  const inputs = typeof body.input === 'string' ? [body.input] : listOf(body.input);
  if (inputs.length === 0) refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  const results = inputs.map((input) => {
    const flagged = /violence|kill/i.test(JSON.stringify(input));
    return {
      flagged,
      categories: { violence: flagged, hate: false },
      category_scores: { violence: flagged ? 0.97 : 0.01, hate: 0.01 },
    };
  });
  return jsonAnswer({ id: call.ids('modr-'), model: textOf(body.model) || 'omni-moderation-latest', results });
}

/** The older sort of answer: the prompt once more. */
function complete(call: OtherCall): OtherAnswer {
  const body = jsonBody(call);
  const model = modelOf(call, textOf(body.model));
  const text = ` ${textOf(body.prompt)}`;
  const tokens = estimateTokens(text);
  const usage = { prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens * 2 };
  const whole = { id: call.ids('cmpl-'), object: 'text_completion', created: 1_700_000_000, model };
  const choice = { index: 0, logprobs: null, finish_reason: 'stop' };
  if (body.stream !== true) return jsonAnswer({ ...whole, choices: [{ text, ...choice }], usage });
  const chunks = [
    { ...whole, choices: [{ text, ...choice, finish_reason: null }] },
    { ...whole, choices: [{ text: '', ...choice }], usage },
  ];
  const frames = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`);
  return bytesAnswer('text/event-stream; charset=utf-8', frames.join(''));
}
