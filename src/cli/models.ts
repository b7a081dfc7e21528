import pc from 'picocolors';
import { compose } from './compose.ts';
import { type ConfigOptions, configure } from './configure.ts';

/** `dragoman models`: every model that clients may ask for, and where each goes. */
export async function runModels({ json, ...options }: ConfigOptions & { readonly json?: boolean }): Promise<void> {
  const config = configure(options);
  const { gateway, close } = await compose(config);
  try {
    const entries = await gateway.modelList.all();
    const rows = entries.map(({ id }) => ({
      id,
      targets: gateway
        .plan(id)
        .map(({ provider, model }) => `${provider}/${gateway.provider(provider).modelName(model)}`),
    }));
    if (json === true) {
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      return;
    }
    const width = Math.max(0, ...rows.map(({ id }) => id.length));
    for (const { id, targets } of rows)
      process.stdout.write(`${id.padEnd(width)}  ${pc.dim('->')} ${targets.join(', then ')}\n`);
    if (rows.length === 0)
      process.stdout.write(
        'No model is named in the configuration, and no provider lists its own. Any name that a pattern matches can still be asked for.\n',
      );
  } finally {
    await close();
  }
}
