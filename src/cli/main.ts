import { Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../config/problem.ts';
import { runCode } from './code.ts';
import type { ConfigOptions } from './compose.ts';
import { runDoctor } from './doctor.ts';
import { runModels } from './models.ts';
import { runServe } from './serve.ts';
import { version } from './version.ts';

const program = new Command('dragoman')
  .description('A universal gateway for language models: clients speak their own language, any provider answers.')
  .version(version)
  .showHelpAfterError('(dragoman --help shows what there is)')
  .enablePositionalOptions();

withConfig(program.command('serve', { isDefault: true }))
  .description('start the gateway')
  .action((options: ConfigOptions) => runServe(options));

withConfig(program.command('code'))
  .description(
    'start Claude Code on the gateway, and the gateway if none runs; everything after "code" or "--" goes to Claude Code',
  )
  .argument('[args...]', 'arguments for Claude Code')
  .passThroughOptions()
  .allowUnknownOption()
  .action((args: string[], options: ConfigOptions) => runCode(args, options));

withConfig(program.command('doctor'))
  .description('say what is configured, what is reachable, what is wrong and how to mend it')
  .option('--offline', 'do not call the providers')
  .action((options: ConfigOptions & { offline?: boolean }) => runDoctor(options));

withConfig(program.command('models'))
  .description('list the models that clients may ask for, and where each goes')
  .option('--json', 'for machines')
  .action((options: ConfigOptions & { json?: boolean }) => runModels(options));

function withConfig(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file (dragoman.yaml in this folder, else the environment)')
    .option('-p, --port <number>', 'port to listen on; 0 takes any free one', portNumber)
    .option('--host <address>', 'address to listen on');
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

// Whoever reads our output may stop reading (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  const told =
    error instanceof ConfigError
      ? `The configuration cannot be used:\n${error.message}\n\n"npx dragoman doctor" tells more.`
      : String((error as Error).message);
  process.stderr.write(`${told}\n`);
  process.exitCode = 1;
}
