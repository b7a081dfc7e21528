import { GatewayError } from '../canon/error.ts';
import type { ModelEntry } from '../dialects/dialect.ts';
import type { Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import { jsonReply } from './reply.ts';

/** Answers with all models that may be asked for, or with one of them. */
export async function listModels(gateway: Gateway, call: Call, id: string | undefined): Promise<void> {
  const { client } = call.dialect;
  const models = await gateway.modelList.all();
  if (id === undefined) return jsonReply(call, 200, Buffer.from(JSON.stringify(client.writeModels(models))));
  const model = models.find((entry) => entry.id === id) ?? plannedModel(gateway, id);
  jsonReply(call, 200, Buffer.from(JSON.stringify(client.writeModel(model))));
}

/** A model that no list names may still be served: a pattern takes it. */
function plannedModel(gateway: Gateway, id: string): ModelEntry {
  const target = gateway.plan(id)[0];
  if (target === undefined) throw new GatewayError('not_found', `model: ${id}`);
  return { id, owner: target.provider };
}
