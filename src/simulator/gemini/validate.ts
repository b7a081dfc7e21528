import type { IncomingCall } from '../dialect.ts';
import { type JsonObject, numberOf, objectOf } from '../json.ts';
import { Refused } from '../problem.ts';
import { findRefused } from '../refused-fields.ts';
import { estimateTokens } from '../tokens.ts';
import { checkConfig } from './config.ts';
import { checkContents } from './contents.ts';
import { overflow } from './error.ts';
import { isVertex } from './path.ts';
import { refuse, snake } from './refusal.ts';
import { requestIn } from './request.ts';
import { checkShape } from './shape.ts';
import { checkTools } from './tools.ts';

/** Refuses what the Gemini API (or Vertex AI, by its path) refuses. */
export function checkRequest(call: IncomingCall): void {
  const { operation, path, rules, model = '' } = call;
  const vertex = isVertex(path);
  const allowed = Object.entries(call.body).filter(([name]) => !rules.allow.includes(name));
  const body: JsonObject = rules.allow.includes('*') ? {} : Object.fromEntries(allowed);
  checkShape(body, operation === 'count' ? 'CountTokensRequest' : 'GenerateContentRequest', vertex);
  checkModel(call);
  checkRefused(call);
  const request = requestIn(call.body);
  checkContents(request, model, vertex);
  checkTools(request, model);
  checkConfig(request, model, vertex);
  checkLimits(call, request);
}

function checkModel({ rules, model = '', path, operation }: IncomingCall): void {
  if (rules.models === undefined || rules.models.includes(model)) return;
  const version = /\/(v1\w*)\//.exec(path)?.[1] ?? 'v1beta';
  const method = operation === 'count' ? 'countTokens' : 'generateContent';
  throw new Refused({
    status: 404,
    message:
      `models/${model} is not found for API version ${version}, or is not supported for ${method}. Call ListModels to ` +
      'see the list of available models and their supported methods.',
  });
}

/** What this server in particular does not take, as one that does not know the field. */
function checkRefused({ body, rules }: IncomingCall): void {
  const found = findRefused(body, rules.refuse.fields);
  if (found === undefined) return;
  const names = found.path.split('.').map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${snake(name)}`));
  const name = snake(found.path.split('.').at(-1) ?? '');
  const place = names.slice(0, -1).join('').slice(1);
  const where = place === '' ? '' : ` at '${place}'`;
  const usual = `Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`;
  throw new Refused({ status: found.status, message: found.message ?? usual });
}

function checkLimits({ rules, operation, body }: IncomingCall, request: JsonObject): void {
  const { maxOutputTokens, contextWindow } = rules.limits;
  const most = numberOf(objectOf(request.generationConfig).maxOutputTokens) ?? 0;
  if (maxOutputTokens !== undefined && most > maxOutputTokens) {
    refuse(
      `Unable to submit request because it has a maxOutputTokens value of ${most} but the supported range is from 1 ` +
        `(inclusive) to ${maxOutputTokens + 1} (exclusive). Update the value and try again.`,
    );
  }
  if (contextWindow === undefined || operation === 'count') return;
  const input = estimateTokens(body.systemInstruction, body.system_instruction, body.contents, body.tools);
  if (input > contextWindow) throw new Refused(overflow(input, contextWindow));
}
