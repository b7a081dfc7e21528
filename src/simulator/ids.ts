import { randomBytes } from 'node:crypto';

/** Makes ids like `toolu_01…` that no other simulator, earlier or later, has made: a session may be resumed on a new one. */
export type IdMaker = (prefix: string) => string;

/** A new maker; ids are `prefix` + 24 characters of `[0-9a-zA-Z]`. */
export function createIdMaker(): IdMaker {
  const seed = BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
    .slice(-13);
  let count = 0;
  return (prefix) => {
    count += 1;
    return `${prefix}01${seed}${count.toString(36).padStart(9, '0')}`;
  };
}
