import type { ProviderConfig } from '../../config/config.ts';
import type { Machine } from '../machine.ts';
import type { Values } from '../template.ts';
import { projectsOf } from './found.ts';
import { googleSettings } from './identity.ts';

/** What Vertex AI's addresses need: the project, the location and its host. */
export function vertexLocation(settings: ProviderConfig, machine: Machine): Values {
  const { own, charged } = projectsOf(googleSettings(settings), machine);
  const { location = 'global' } = settings;
  return { project: settings.project ?? own ?? charged, location, vertex: hostOf(location) };
}

function hostOf(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com';
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}
