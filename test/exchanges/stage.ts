import type { TestContext } from 'node:test';
import type { DialectName } from '../../src/canon/content.ts';
import { type Rig, startRig } from '../gateway/rig.ts';
import { type Played, type Player, startPlayer } from './player.ts';

/** A gateway, and behind it one provider of each language, that plays recordings. */
export interface Stage {
  readonly rig: Rig;
  readonly player: Player;
  /** Adds what is to be played, and gives the name that clients ask for. */
  play(played: Played, model?: string): string;
}

const upstreams: readonly DialectName[] = [
  'anthropic',
  'openai-chat',
  'openai-responses',
  'gemini',
  'bedrock-converse',
  'cohere',
];

export async function startStage(t: TestContext): Promise<Stage> {
  const all: Played[] = [];
  const player = await startPlayer((place) => all[place]);
  t.after(() => player.close());
  const base = (speaks: DialectName): string => (speaks.startsWith('openai') ? `${player.url}/v1` : player.url);
  const rig = await startRig(t, {
    providers: Object.fromEntries(
      upstreams.map((speaks) => [speaks, { speaks, base_url: base(speaks), api_key: 'provider-key' }]),
    ),
    models: Object.fromEntries(upstreams.map((name) => [`${name}_*`, { to: `${name}/*` }])),
  });
  return {
    rig,
    player,
    play(played, model = 'model') {
      all.push(played);
      return `${played.language}_${model.replaceAll(/[^\w.-]/g, '-')}--r${all.length - 1}`;
    },
  };
}
