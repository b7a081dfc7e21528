import { Refused } from '../problem.ts';

/** Leaves the check: 400 ValidationException. */
export function refuse(message: string): never {
  throw new Refused({ status: 400, type: 'ValidationException', message });
}

/** Leaves the check as a model does that did not like what the service has passed on. */
export function refuseAsModel(message: string): never {
  return refuse(`The model returned the following errors: ${message}`);
}

/** Leaves the check in the words of the constraints that the service's model declares. */
export function refuseConstraint(value: unknown, place: string, constraint: string): never {
  const shown = value === undefined || value === null ? 'null' : `'${shownAs(value)}'`;
  return refuse(
    `1 validation error detected: Value ${shown} at '${memberPath(place)}' failed to satisfy constraint: ${constraint}`,
  );
}

function shownAs(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `messages.0.content` as the service writes it there: `messages.1.member.content`. */
function memberPath(place: string): string {
  return place.replace(/\.(\d+)(?=\.|$)/g, (_, index: string) => `.${Number(index) + 1}.member`);
}
