import type { DialectName } from './content.ts';
import { flat } from './flat.ts';
import type { ChatRequest, ToolMeaning } from './request.ts';
import { type Feature, surveyOf } from './survey.ts';

/** One thing that did not arrive as it was said. */
export interface Loss {
  readonly what: 'dropped' | 'approximated' | 'moved' | 'mapped';
  /** Where it stood, `turns[3].content[0]` or a parameter's name. */
  readonly path: string;
  /** In a few words, for a person. */
  readonly why: string;
}

/**
 * What a language that lacks `cannotSay` loses of this request, plus whatever only another language could have said.
 * @param means the provider's own tools for which the language has its own.
 */
export function lossesOf(
  request: ChatRequest,
  target: DialectName,
  cannotSay: readonly Feature[],
  means: readonly ToolMeaning['type'][] = [],
): Loss[] {
  const losses: Loss[] = [];
  const { features, natives, extFields } = surveyOf(request);
  for (const feature of cannotSay) {
    const path = features.get(feature);
    if (path !== undefined)
      losses.push({ what: 'dropped', path, why: flat(target, ' has no ', feature.replaceAll('_', ' ')) });
  }
  const foreign = (path: string): void => {
    losses.push({ what: 'dropped', path, why: flat('known to ', request.from, ' only') });
  };
  for (const [owner, fields] of Object.entries(request.ext ?? {})) {
    if (owner !== target) for (const field of Object.keys(fields)) foreign(field);
  }
  request.tools.forEach((tool, i) => {
    if (tool.type !== 'native' || tool.dialect === target) return;
    if (tool.means === undefined || !means.includes(tool.means.type)) foreign(`tools[${i}] (${tool.name})`);
  });
  for (const [path, block] of natives) {
    if (block.dialect !== target) foreign(`${path} (${String(block.value['type'])})`);
  }
  for (const [path, owner] of extFields) if (owner !== target) foreign(path);
  return losses;
}

/** So few are mostly of different sorts, which is seen sooner than they are sorted. */
const few = 8;

/** The losses as people want to read them: one line for what was lost in the same way at many places. */
export function summarized(losses: readonly Loss[]): readonly Loss[] {
  if (losses.length < few && losses.every(({ why }, i) => losses.findIndex((other) => other.why === why) === i)) {
    return losses;
  }
  const groups = new Map<string, { readonly first: Loss; readonly path: string; count: number }>();
  for (const loss of losses) {
    const path = loss.path.replace(/\[\d+\]/g, '[*]');
    const key = `${loss.what} ${path} ${loss.why}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: loss, path, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()].map(({ first, path, count }) =>
    count === 1 ? first : { ...first, path, why: `${first.why}, ${count} times` },
  );
}
