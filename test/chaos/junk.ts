import type { Language } from '../failover/stage.ts';
import { framed, messagesOf } from '../laws/binary.ts';
import type { Fault } from './fault.ts';
import type { Line } from './line.ts';

type Junk = Extract<Fault, { type: 'mixes in' }>['what'];

const halfCharacter = Buffer.concat([
  Buffer.from('data: {"price":"5 '),
  Buffer.from([0xe2, 0x82]),
  Buffer.from('"}\n\n'),
]);

/** The frame in which a stream tells of a failure. */
export const errorFrames: { readonly [language in Language]: Buffer } = {
  anthropic: Buffer.from(
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  ),
  'openai-chat': Buffer.from(
    'data: {"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}\n\n',
  ),
  'openai-responses': Buffer.from(
    'event: error\ndata: {"type":"error","code":"server_error","message":"The server had an error.","param":null,"sequence_number":100000}\n\n',
  ),
  gemini: Buffer.from('data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\n\n'),
  'bedrock-converse': framed(['{"internalServerException":{"message":"The system encountered an error."}}']),
};

/** The stream with something in it, or missing from it, that does not belong there. */
export function withJunk(line: Line, what: Junk, share: number): Buffer {
  const frames = framesOf(line.speaks, line.said);
  // Where the beginning has words in it, saying them twice is saying them twice.
  const isBare = line.speaks !== 'gemini';
  const at = Math.floor(share * (frames.length + 1));
  const first = frames[0] ?? Buffer.alloc(0);
  switch (what) {
    case 'the beginning twice':
      if (isBare) return Buffer.concat([first, ...frames]);
      break;
    case 'no beginning':
      if (isBare) return Buffer.concat(frames.slice(1));
      break;
    case 'an error in the middle':
      return Buffer.concat([...frames.slice(0, at), errorFrames[line.speaks]]);
    default:
  }
  return Buffer.concat([...frames.slice(0, at), junkOf(line, what), ...frames.slice(at)]);
}

function junkOf({ speaks }: Line, what: Junk): Buffer {
  if (speaks === 'bedrock-converse')
    return framed([what === 'a frame of another type' ? '{"unheardOf":{"x":1}}' : '{"contentBlockDelta":42}']);
  if (what === 'a frame of another type') return Buffer.from('data: 42\n\n');
  return what === 'half a character' ? halfCharacter : Buffer.from('data: {"half a fra\n\n');
}

/** The answer with what means nothing: comments in a stream, blanks before a body. */
export function withComments(line: Line, share: number): Buffer {
  if (line.speaks === 'bedrock-converse' && line.stream) return line.said;
  if (!line.stream) return Buffer.concat([Buffer.from('\n   \n\n   \n'), line.said]);
  const frames = framesOf(line.speaks, line.said);
  const at = Math.floor(share * (frames.length + 1));
  const comment = Buffer.from(': still at work\n\n');
  return Buffer.concat([comment, ...frames.slice(0, at), comment, ...frames.slice(at)]);
}

/** A stream, frame by frame. */
export function framesOf(speaks: Language, said: Buffer): readonly Buffer[] {
  if (speaks === 'bedrock-converse') return messagesOf(said);
  return said
    .toString()
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => Buffer.from(`${frame}\n\n`));
}
