import { type Language, languages } from './language.ts';
import type { Stage } from './stage.ts';

/** The program that plays the client. */
export type Client =
  | 'claude-code'
  | 'codex'
  | 'anthropic-sdk-1'
  | 'anthropic-sdk-0'
  | 'openai-sdk'
  | 'responses-sdk'
  | 'google-sdk'
  | 'bedrock-sdk'
  | 'mistral-sdk';

/** The languages that a story is told over, and why no others. */
export interface Choice {
  readonly languages: readonly Language[];
  readonly because: string;
}

/** Thrown by a story that cannot be told here, with the reason. */
export class Untold extends Error {}

/** One story, told by a real client through a real gateway; it fails by throwing anything but `Untold`. */
export interface Scenario {
  readonly name: string;
  readonly client: Client;
  /** The default is every language. */
  readonly over?: Choice;
  /** Part of the short form. */
  readonly short?: boolean;
  /** Milliseconds; the default is a minute. */
  readonly limit?: number;
  readonly play: (stage: Stage) => Promise<unknown>;
}

/** A scenario over one language. */
export interface Run {
  readonly scenario: Scenario;
  readonly language: Language;
}

/** Milliseconds a scenario may take that sets no limit of its own. */
export const usualLimit = 60_000;

const firstTwo: readonly Language[] = ['anthropic', 'openai-chat'];

/** For stories that end at the gateway. */
export const unreached: Choice = { languages: firstTwo, because: 'no call reaches the upstream' };

/** For stories about the client's own side; passed and translated are all the ways there are. */
export const clientSide: Choice = { languages: firstTwo, because: 'the upstream does not make a difference' };

/** For stories that others tell of each language as well. */
export const toldBefore: Choice = {
  languages: firstTwo,
  because: 'the upstream gets what it gets from the newer major',
};

/** The languages that a scenario is played over. */
export function languagesOf({ over }: Scenario): readonly Language[] {
  return over?.languages ?? languages;
}

/** What a run is called on the command line and in the report. */
export function nameOf({ scenario, language }: Run): string {
  return `${scenario.client}/${scenario.name}/${language}`;
}
