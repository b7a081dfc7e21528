import { parseArgs } from 'node:util';
import { type SimulatorOptions, startSimulator } from './index.ts';
import type { Flavor } from './scenario.ts';

const USAGE = `node src/simulator/main.ts [options]

  --port N           port; 0 takes any free one (default 4010)
  --host H           address to listen on (default 127.0.0.1)
  --scenario FILE    JSON file that says what to answer; without it the prompt decides
  --pace MS          milliseconds between the events of a stream
  --flavor NAME      openai, openrouter, litellm, databricks or compatible
  --require-key KEY  the only key that is taken
  --lenient          check nothing but that a body is JSON
`;

function optionsFrom(args: readonly string[]): SimulatorOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      scenario: { type: 'string' },
      pace: { type: 'string' },
      flavor: { type: 'string' },
      'require-key': { type: 'string' },
      lenient: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return undefined;
  return {
    port: Number(values.port ?? 4010),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.scenario === undefined ? {} : { scenario: values.scenario }),
    ...(values.pace === undefined ? {} : { pace: Number(values.pace) }),
    ...(values.flavor === undefined ? {} : { flavor: values.flavor as Flavor }),
    ...(values['require-key'] === undefined ? {} : { requireKey: values['require-key'] }),
    strict: values.lenient !== true,
  };
}

try {
  const options = optionsFrom(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
  } else {
    const simulator = await startSimulator(options);
    process.stdout.write(`simulator listening on ${simulator.url}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}
