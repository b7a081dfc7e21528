import { bifrost } from './bifrost.ts';
import { claudeCodeRouter } from './claude-code-router.ts';
import { litellm } from './litellm.ts';
import type { Peer } from './peer.ts';
import { portkey } from './portkey.ts';

/** Other gateways that take part where they are installed. */
export const peers: readonly Peer[] = [portkey, claudeCodeRouter, litellm, bifrost];
