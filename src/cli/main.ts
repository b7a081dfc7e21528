import { Command, InvalidArgumentError } from 'commander';
import { tokensIn } from '../config/quantity.ts';
import { type Ability, abilities } from '../policy/needs.ts';
import type { ConfigOptions } from './configure.ts';
import { explained } from './explained.ts';
import type { RouteOptions } from './route.ts';
import { runServe } from './serve.ts';
import { version } from './version.ts';

// What `serve` does not need is loaded by the command that does: a gateway is to be there at once.
const program = new Command('dragoman')
  .description('A universal gateway for language models: clients speak their own language, any provider answers.')
  .version(version)
  .showHelpAfterError('(dragoman --help shows what there is)')
  .enablePositionalOptions();

withConfig(program.command('serve', { isDefault: true }))
  .description('start the gateway')
  .option('-w, --workers <number>', 'processes that share the port; "auto" for one a core', workersOption)
  .action((options: ConfigOptions) => runServe(options));

withConfig(program.command('code'))
  .description(
    'start Claude Code on the gateway, and the gateway if none runs; everything after "code" or "--" goes to Claude Code',
  )
  .argument('[args...]', 'arguments for Claude Code')
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (args: string[], options: ConfigOptions) => (await import('./code.ts')).runCode(args, options));

withConfig(program.command('doctor'))
  .description('say what is configured, what is reachable, what is wrong and how to mend it')
  .option('--offline', 'do not call the providers')
  .action(async (options: ConfigOptions & { offline?: boolean }) => (await import('./doctor.ts')).runDoctor(options));

withConfig(program.command('models'))
  .description('list the models that clients may ask for, and where each goes')
  .option('--json', 'for machines')
  .action(async (options: ConfigOptions & { json?: boolean }) => (await import('./models.ts')).runModels(options));

withConfig(program.command('route'))
  .description('say where a call for a model goes')
  .argument('<model>', 'the name a client would give')
  .option('--explain', 'say why, with what each target costs, holds and lacks')
  .option('--needs <list>', 'what the call needs: images, pdf, tools, thinking, structured', needsOption)
  .option('--input <tokens>', 'length of the prompt, "150000" or "150k"', inputOption)
  .option('--session <id>', 'the session it belongs to')
  .option('--json', 'for machines')
  .action(async (model: string, options: RouteOptions) => (await import('./route.ts')).runRoute(model, options));

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

function workersOption(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > 256)
    throw new InvalidArgumentError('Workers are a number from 1 to 256, or "auto" for one a core.');
  return workers;
}

function needsOption(text: string): Ability[] {
  const words = text.split(',').map((word) => abilities.find((ability) => ability === word.trim().toLowerCase()));
  if (words.every((word) => word !== undefined)) return words;
  throw new InvalidArgumentError(`Needs are ${abilities.join(', ')}, with commas between them.`);
}

function inputOption(text: string): number {
  const tokens = tokensIn(text);
  if (tokens !== undefined && tokens > 0) return tokens;
  throw new InvalidArgumentError('Write a number of tokens such as 150000 or 150k.');
}

// Whoever reads our output may stop reading (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Not awaited: the package holds this as a script, which cannot wait at its top.
program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explained(error)}\n`);
  process.exitCode = 1;
});
