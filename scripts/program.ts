import { fileURLToPath } from 'node:url';

/** Whether a module is the program that runs, be it started by itself or by run.mjs. @param url of the module */
export function isProgram(url: string): boolean {
  return process.argv[1] === fileURLToPath(url);
}
