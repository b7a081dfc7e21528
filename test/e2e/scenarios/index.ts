import type { Scenario } from '../scenario.ts';
import { agents } from './agents.ts';
import { recovery } from './recovery.ts';
import { sessions } from './sessions.ts';
import { tools } from './tools.ts';

/** Every scenario, in the order in which it is played. */
export const scenarios: readonly Scenario[] = [...tools, ...agents, ...sessions, ...recovery];
