import type { Asked } from './asked.ts';
import type { Match, Step, TextMatch } from './scenario.ts';

/** True when the text is what the match looks for. */
export function matchesText(wanted: TextMatch, text: string): boolean {
  if (typeof wanted === 'string') return text.includes(wanted);
  const expression = wanted instanceof RegExp ? wanted : new RegExp(wanted.regex, wanted.flags);
  expression.lastIndex = 0;
  return expression.test(text);
}

/** True when the request is one that the step is for. */
export function isFor(when: Step['when'], asked: Asked): boolean {
  if (when === undefined) return asked.operation === 'answer';
  if (typeof when === 'function') return asked.operation === 'answer' && when(asked);
  if ((when.operation ?? 'answer') !== asked.operation) return false;
  return textsFit(when, asked) && headersFit(when, asked) && factsFit(when, asked);
}

function textsFit(when: Match, asked: Asked): boolean {
  const pairs: readonly (readonly [TextMatch | undefined, readonly string[]])[] = [
    [when.model, [asked.model]],
    [when.user, [asked.prompt]],
    [when.reminder, [asked.turns.at(-1)?.reminders ?? '']],
    [when.anyUser, asked.turns.filter((turn) => turn.role === 'user').map((turn) => turn.text)],
    [when.system, [asked.system]],
    [when.toolResult, asked.results.map((result) => result.text)],
    [when.session, [asked.session]],
    [when.path, [asked.path]],
  ];
  return pairs.every(([wanted, texts]) => wanted === undefined || texts.some((text) => matchesText(wanted, text)));
}

function headersFit(when: Match, asked: Asked): boolean {
  return Object.entries(when.headers ?? {}).every(([name, wanted]) => {
    const value = asked.headers[name.toLowerCase()];
    return value !== undefined && matchesText(wanted, String(value));
  });
}

function factsFit(when: Match, asked: Asked): boolean {
  if (when.dialect !== undefined && when.dialect !== asked.dialect) return false;
  if (when.stream !== undefined && when.stream !== asked.stream) return false;
  if (when.hasToolResult !== undefined && when.hasToolResult !== asked.results.length > 0) return false;
  return (when.tools ?? []).every((name) => asked.tools.some((tool) => tool.name === name));
}
