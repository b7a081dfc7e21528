import pc from 'picocolors';
import { compose } from './compose.ts';
import { type ConfigOptions, configure } from './configure.ts';

/** `dragoman models`: every model that clients may ask for, and where each goes. */
export async function runModels({ json, ...options }: ConfigOptions & { readonly json?: boolean }): Promise<void> {
  const config = configure(options);
  const { gateway, close } = await compose(config);
  try {
    const entries = await gateway.modelList.all();
    const rows = entries.map(({ id }) => {
      const { strategy, targets } = gateway.planRoute(id);
      const names = targets.map((target) => {
        const provider = gateway.provider(target.provider);
        return `${provider.configName}/${provider.modelName(target.model)}`;
      });
      // The keys of one provider are one for whoever asks where a name goes.
      return { id, strategy, targets: [...new Set(names)] };
    });
    if (json === true) {
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      return;
    }
    const width = Math.max(0, ...rows.map(({ id }) => id.length));
    for (const { id, strategy, targets } of rows) {
      const where = targets.join(strategy === 'ordered' ? ', then ' : ', or ');
      process.stdout.write(`${id.padEnd(width)}  ${pc.dim('->')} ${where}\n`);
    }
    if (rows.length === 0)
      process.stdout.write(
        'No model is named in the configuration, and no provider lists its own. Any name that a pattern matches can still be asked for.\n',
      );
  } finally {
    await close();
  }
}
