import type { Language } from './language.ts';
import type { Stage } from './stage.ts';

/** The program that plays the client. */
export type Client = 'claude-code' | 'anthropic-sdk-1' | 'anthropic-sdk-0' | 'openai-sdk';

/** One story, told by a real client through a real gateway; it fails by throwing. */
export interface Scenario {
  readonly name: string;
  readonly client: Client;
  /** The default is every language. */
  readonly over?: readonly Language[];
  /** Part of the short form. */
  readonly short?: boolean;
  /** Milliseconds; the default is a minute. */
  readonly limit?: number;
  readonly play: (stage: Stage) => Promise<void>;
}

/** A scenario over one language. */
export interface Run {
  readonly scenario: Scenario;
  readonly language: Language;
}

/** Milliseconds a scenario may take that sets no limit of its own. */
export const usualLimit = 60_000;

/** What a run is called on the command line and in the report. */
export function nameOf({ scenario, language }: Run): string {
  return `${scenario.client}/${scenario.name}/${language}`;
}
