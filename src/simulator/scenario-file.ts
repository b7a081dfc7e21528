import { readFileSync } from 'node:fs';
import { isObject, type Json, listOf } from './json.ts';
import type { Scenario } from './scenario.ts';

const SCENARIO_KEYS = 'steps per manner constant strict flavor allow limits refuse models';
const MANNER_KEYS = 'chunk pace slice gzip newline space headers anthropic chat bedrock responses gemini';
const STEP_KEYS = `${MANNER_KEYS} when times parts stop stopSequence stopDetails usage model id members faults`;
const WHEN_KEYS =
  'operation dialect model user reminder anyUser system tools hasToolResult toolResult session stream path headers';
const FAULT_KINDS = 'status overflow reset never late stall cut bytes malformed error';

/** Reads a scenario from a JSON file: an object, or only the list of its steps. Throws an error that names file and place. */
export function readScenarioFile(path: string): Scenario {
  let value: Json;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    throw new Error(`scenario ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const scenario = Array.isArray(value) ? { steps: value } : value;
  const wrong = faultIn(scenario);
  if (wrong !== undefined) throw new Error(`scenario ${path}: ${wrong}`);
  return scenario as unknown as Scenario;
}

function faultIn(scenario: Json): string | undefined {
  if (!isObject(scenario)) return 'must be an object, or a list of steps';
  const steps = listOf(scenario.steps).map((step, index) => stepFault(step, `steps[${index}]`));
  return (
    unknownKey(scenario, SCENARIO_KEYS, '') ??
    steps.find((wrong) => wrong !== undefined) ??
    (scenario.constant === undefined ? undefined : stepFault(scenario.constant, 'constant')) ??
    (scenario.manner === undefined ? undefined : unknownKey(scenario.manner, MANNER_KEYS, 'manner'))
  );
}

function stepFault(step: Json, place: string): string | undefined {
  if (typeof step === 'string') return undefined;
  if (!isObject(step)) return `${place} must be an object or a text`;
  const kinds = FAULT_KINDS.split(' ');
  for (const [index, fault] of listOf(step.faults).entries()) {
    if (!isObject(fault) || typeof fault.kind !== 'string' || !kinds.includes(fault.kind)) {
      return `${place}.faults[${index}].kind must be one of: ${kinds.join(', ')}`;
    }
  }
  if (step.parts !== undefined && !Array.isArray(step.parts)) return `${place}.parts must be a list`;
  const when = step.when === undefined ? undefined : unknownKey(step.when, WHEN_KEYS, `${place}.when`);
  return unknownKey(step, STEP_KEYS, place) ?? when;
}

function unknownKey(value: Json, known: string, place: string): string | undefined {
  if (!isObject(value)) return `${place === '' ? 'it' : place} must be an object`;
  const names = known.split(' ');
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown === undefined) return undefined;
  return `${place === '' ? '' : `${place}.`}${unknown} is not known; known are: ${names.join(', ')}`;
}
