// One of several processes that serve as one: src/cli/workers.ts starts it.
import { launchProgram } from './launch.mjs';

await launchProgram('worker', 'none');
