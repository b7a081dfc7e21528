import type { Scenario } from '../scenario.ts';
import { agents } from './agents.ts';
import { anthropicAnswers } from './anthropic-sdk.ts';
import { anthropicTrouble } from './anthropic-sdk-trouble.ts';
import { bedrockAnswers } from './bedrock-sdk.ts';
import { clouds } from './clouds.ts';
import { codexSessions } from './codex.ts';
import { googleAnswers } from './google-sdk.ts';
import { longSessions } from './long-session.ts';
import { mistralAnswers } from './mistral-sdk.ts';
import { oddServers } from './odd-servers.ts';
import { openaiAnswers } from './openai-sdk.ts';
import { openaiTrouble } from './openai-sdk-trouble.ts';
import { recovery } from './recovery.ts';
import { responsesAnswers } from './responses-sdk.ts';
import { sessions } from './sessions.ts';
import { steadiness } from './steady.ts';
import { codexSurvival, survival } from './survival.ts';
import { sdkSurvival } from './survival-sdk.ts';
import { tools } from './tools.ts';

/** Every scenario, in the order in which it is played. */
export const scenarios: readonly Scenario[] = [
  ...tools,
  ...agents,
  ...sessions,
  ...longSessions,
  ...clouds,
  ...oddServers,
  ...recovery,
  ...survival,
  ...steadiness,
  ...codexSurvival,
  ...sdkSurvival,
  ...codexSessions,
  ...(['anthropic-sdk-1', 'anthropic-sdk-0'] as const).flatMap((client) => [
    ...anthropicAnswers(client),
    ...anthropicTrouble(client),
  ]),
  ...openaiAnswers,
  ...openaiTrouble,
  ...responsesAnswers,
  ...googleAnswers,
  ...bedrockAnswers,
  ...mistralAnswers,
];
