/** A bug of one line, as they are really made. */
export interface Mutant {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What is wrong then. */
  readonly what: string;
}

const inFile =
  (file: string) =>
  (what: string, find: string, replace: string): Mutant => ({ file: `src/${file}`, find, replace, what });

const fold = inFile('canon/fold.ts');
const usage = inFile('canon/usage.ts');
const guard = inFile('canon/grammar.ts');
const loss = inFile('canon/loss.ts');
const sse = inFile('wire/sse.ts');
const translate = inFile('gateway/translate.ts');
const passage = inFile('gateway/passage.ts');
const anthropic = (file: string) => inFile(`dialects/anthropic/${file}.ts`);
const chat = (file: string) => inFile(`dialects/openai-chat/${file}.ts`);

const ofCanon: readonly Mutant[] = [
  fold('a text is its last piece', 'open.text += event.text', 'open.text = event.text'),
  fold('signatures are forgotten', '...(signature !== undefined && { signature }),', ''),
  fold(
    'fields of a call that one language has are forgotten',
    'name: head.name,\n        json,\n        ...(head.kind !== undefined && { kind: head.kind }),\n        ...(head.ext !== undefined && { ext: head.ext }),',
    'name: head.name,\n        json,',
  ),
  usage('the first counts win', '? { ...earlier, ...later } :', '? { ...later, ...earlier } :'),
  guard('calls are not noticed', 'this.#calls.add(block.id);', ''),
  guard('cut calls are completed', "if (type === 'tool_call' && parseJson", 'if (this.#ended && parseJson'),
  guard('an answer begun anew is told twice', 'if (this.#begun) this.#fail(', 'if (this.#ended) this.#fail('),
  guard('a call is made twice', 'if (this.#calls.has(block.id)) {', 'if (this.#ended) {'),
  guard('calls in answers that end are hidden', "if (awaited && reason === 'end')", "if (!called && reason === 'end')"),
  guard('half characters are let through', 'last >= 0xd800 && last <= 0xdbff', 'last >= 0xd800 && last < 0xd800'),
  guard('blocks are numbered from one', 'this.#index = firstIndex - 1;', 'this.#index = firstIndex;'),
  loss(
    'foreign fields of blocks are lost in silence',
    'for (const [path, owner] of extFields) if (owner !== target) foreign(path);',
    '',
  ),
  loss(
    'foreign tools are lost in silence',
    "if (tool.type === 'native' && tool.dialect !== target)",
    'if (target === undefined)',
  ),
];

const ofWire: readonly Mutant[] = [
  sse('the byte order mark stays', 'bytes[0] === 0xef', 'bytes[0] === 0xee'),
  sse('a blank line cut in two is overlooked', 'searched = lf - start;', 'searched = end - start;'),
  sse('CRLF ends no frame', 'if (next < end && bytes[next] === CR) next += 1;', ''),
  sse('the last frame needs its blank line', 'if (left.length > 0) onFrame(readFrame(left, 0, left.length));', ''),
  sse('only the last data line counts', 'data = data === undefined ? value : `${data}\\n${value}`;', 'data = value;'),
  sse('the first letter goes where no space is', "text[at + 1] === ' ' ? at + 2 : at + 1", 'at + 2'),
  sse('frames are gathered at the wrong place', 'bytes.copy(held, length);', 'bytes.copy(held, searched);'),
];

const ofGateway: readonly Mutant[] = [
  translate(
    'what was written is sent again',
    "const bytes = Buffer.from(written);\n    written = '';",
    'const bytes = Buffer.from(written);',
  ),
  translate('what the reader holds back is lost', 'reader.end();\n', ''),
  passage(
    'held frames leave without a copy',
    'pieces.push(Buffer.from(bytes.subarray(start, end)));',
    'pieces.push(bytes.subarray(start, end));',
  ),
  passage('all but the last frame of a chunk are lost', 'if (to === 0) from = start;', 'from = start;'),
  passage('the translator takes over without being told', 'for (const frame of watch.kept()) taken.feed(frame);', ''),
  passage(
    'half a frame at the end is sent as it is',
    'if (rest.length > 0) pieces.push(taken.feed(rest));',
    'if (rest.length > 0) pieces.push(rest);',
  ),
];

const ofAnthropic: readonly Mutant[] = [
  anthropic('usage')(
    'cache reads are taken for writes',
    'numberIn(value.cache_read_input_tokens)',
    'numberIn(value.cache_creation_input_tokens)',
  ),
  anthropic('stop')('an answer cut by its limit ended by itself', "['max_tokens', 'length']", "['max_tokens', 'end']"),
  anthropic('block-reader')(
    'signatures are not read',
    "if (typeof delta.signature === 'string') this.#emit",
    "if (typeof delta.signature === 'number') this.#emit",
  ),
  anthropic('block-reader')(
    'citations are not read',
    'if (isObject(delta.citation)) this.#emit',
    'if (isObject(delta.citations)) this.#emit',
  ),
  anthropic('message-reader')(
    'the stop sequence is forgotten',
    '...(this.#stopSequence !== undefined && { stopSequence: this.#stopSequence }),',
    '',
  ),
  anthropic('stream-write')('signatures are not written', '`${wrapped}${proof}${frame(', '`${wrapped}${frame('),
  anthropic('stream-write')(
    'blocks are not closed',
    "${frame('content_block_stop', { type: 'content_block_stop', index })}",
    '',
  ),
  anthropic('stream-write')(
    'the counts at the end are left out',
    'usage: writeFinalUsage(usage)',
    'usage: writeFinalUsage({})',
  ),
  anthropic('block-write')(
    'failed results succeed',
    '...(block.isError !== undefined && { is_error: block.isError }),',
    '',
  ),
  anthropic('block-read')('failed results are read as others', '...(isError !== undefined && { isError }),', ''),
  anthropic('mark')('all marks last five minutes', 'cache.ttl === undefined ?', 'cache.ttl !== undefined ?'),
  anthropic('tool-write')(
    'parallel calls are turned round',
    'disable_parallel_tool_use: !parallelTools',
    'disable_parallel_tool_use: parallelTools',
  ),
  anthropic('error-write')(
    'an overloaded provider is merely broken',
    "overloaded: 'overloaded_error'",
    "overloaded: 'api_error'",
  ),
  anthropic('pass')('blocks are counted twice', 'this.#closed += 1;', 'this.#closed += 2;'),
];

const ofChat: readonly Mutant[] = [
  chat('usage')('cached tokens are counted twice', ': prompt - cached;', ': prompt;'),
  chat('usage')(
    'what was written to the cache is left out',
    '...(usage.cacheWrite !== undefined && { cache_write_tokens: usage.cacheWrite }),',
    '',
  ),
  chat('finish')('a filtered answer ended by itself', "['content_filter', 'refusal']", "['content_filter', 'end']"),
  chat('reasoning')('one field of reasoning is overlooked', "stringIn(message['reasoning_content']) || ", ''),
  chat('calls')('ids are made up', "entry.id !== '' && !taken ? entry.id", "entry.id === '' && !taken ? entry.id"),
  chat('blocks')(
    'interleaved calls are torn',
    "if (this.#open?.kind === 'call' && !isComplete(this.#open.call)) return;",
    '',
  ),
  chat('stream-write')('all calls have one number', 'this.#calls += 1;', 'this.#calls = 0;'),
  chat('text-delta')(
    'thoughts are taken for words',
    "kind = field === 'content' ? 'text' : 'thinking';",
    "kind = 'text';",
  ),
  chat('tools-write')(
    'parallel calls are always allowed',
    'parallel_tool_calls: request.parallelTools',
    'parallel_tool_calls: true',
  ),
  chat('results-write')('pictures in results vanish', '...files];', '];'),
  chat('error-write')(
    'an overloaded provider is merely broken',
    "type: 'server_error', code: 'overloaded'",
    "type: 'server_error'",
  ),
  chat('legality')('repeated ids pass for legal', 'return !id && name === undefined;', 'return true;'),
];

/** Bugs that the laws should notice. */
export const mutants: readonly Mutant[] = [...ofCanon, ...ofWire, ...ofGateway, ...ofAnthropic, ...ofChat];
