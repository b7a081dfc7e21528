const words =
  'the gateway reads a request from its client and finds the model that was asked for, then it writes what the provider wants to hear; ' +
  'files are opened before they are changed, tests run after each edit, and nothing is left half done when the session ends';
const vocabulary = words.split(' ');

/** Text of exactly so many ASCII characters, the same at every call with the same seed. */
export function prose(length: number, seed = 1): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += `${vocabulary[(state >> 8) % vocabulary.length]} `;
  }
  return text.slice(0, length);
}
