import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorKind, GatewayError } from '../canon/error.ts';
import { refusedAbility } from './refused-ability.ts';

function refused(message: string, kind: ErrorKind = 'invalid_request'): string | undefined {
  return refusedAbility(new GatewayError(kind, message));
}

const said: { readonly [ability: string]: readonly string[] } = {
  images: [
    'No endpoints found that support image input',
    'Invalid content type. image_url is only supported by certain models.',
    'This model does not support image inputs',
    "This model doesn't support the image content block that you provided. Choose another model.",
    "'claude-2.1' does not support image input.",
    'Image input modality is not enabled for models/gemma-3-1b-it',
    'Image input is not enabled for this model',
    'Image inputs are not supported by this model.',
    'messages.0.content.1: unknown variant `image_url`, expected `text` at line 1 column 80',
    'At most 0 image(s) may be provided in one request.',
    'meta-llama/Llama-3.1-8B is not a multimodal model',
    'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    'this model is missing data required for image input',
    'Model does not support images. Please use a model that does.',
    "Content type 'image_url' not supported by this model",
    'The model does not support multimodal inputs',
    'image content is not supported for this model',
  ],
  tools: [
    'No endpoints found that support tool use. To learn more about provider routing, visit: https://example.org',
    'registry.example/library/gemma:2b does not support tools',
    '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    '`tool calling` is not supported with this model',
    "This model doesn't support tool use.",
    'Function calling is not enabled for models/gemma-3-1b-it',
    'Tool use with function calling is unsupported',
    'deepseek-reasoner does not support Function Calling',
    'tools is not supported in this model. For a list of supported models, refer to the docs',
    'tools param requires --jinja flag',
    'Function calling is not enabled for this model',
    'tool use is not supported',
  ],
  thinking: [
    "'claude-3-5-haiku-20241022' does not support thinking.",
    'Thinking is not enabled for models/gemini-2.0-flash',
    'thinking is not supported by this model',
    'This model does not support reasoning',
  ],
  structured: [
    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model",
    'This model does not support response format `json_schema`',
    'JSON mode is not enabled for models/gemma-3-1b-it',
    "This model doesn't support structured outputs",
  ],
  pdf: [
    "This model doesn't support documents.",
    'PDF input is not supported by this model',
    "This model doesn't support the document content block that you provided.",
    'No endpoints found that support file input',
  ],
};

describe('what a model is said not to be able to do', () => {
  for (const [ability, messages] of Object.entries(said)) {
    for (const message of messages) test(`${ability}: ${message}`, () => assert.equal(refused(message), ability));
  }

  test('is believed where a provider says that it finds none that can', () => {
    assert.equal(refused('No endpoints found that support image input', 'not_found'), 'images');
    assert.equal(refused('No endpoints found that support image input', 'not_supported'), 'images');
  });
});

describe('what says nothing of what a model can do', () => {
  for (const message of [
    'image media type not supported: image/bmp',
    'Unsupported image format. Supported formats: png, jpeg, gif and webp.',
    'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6 MB > 5 MB',
    'Could not process image',
    'tool_choice "required" is not supported by this model',
    'tools.0.custom.strict: Extra inputs are not permitted',
    'parallel tool calls are not supported',
    "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model.",
    'adaptive thinking is not supported on this model',
    'The model `gpt-9` does not exist or you do not have access to it.',
    'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens',
    'messages: at least one message is required',
    'This model is not supported in your region',
    'Invalid file_id: file-123',
    'temperature is not supported with this model',
    'Failed to download image from https://example.org/a.png',
    "This model doesn't support tool use in streaming mode.",
    '',
  ])
    test(message, () => assert.equal(refused(message), undefined));

  test('is any text of a provider that is not well', () => {
    for (const kind of ['overloaded', 'rate_limit', 'internal', 'authentication', 'bad_upstream'] as const)
      assert.equal(refused('tool use is not supported', kind), undefined, kind);
  });

  test('is a text without end, and that is known at once', () => {
    const began = process.cpuUsage().user;
    for (const part of ['image ', 'does not support ', 'tool use ', '`"\'', ' is not', 'response_format ']) {
      refused(part.repeat(1_000_000 / part.length));
    }
    assert.ok(process.cpuUsage().user - began < 2_000_000);
  });
});
