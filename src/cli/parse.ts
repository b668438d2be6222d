// The command line as yargs reads it: which command, with which options, or which text to print instead.
import yargs, { type Argv, type Options } from 'yargs';
import { type Command, completionKey } from '../commands/command.ts';
import { runCommand } from '../commands/fleet.ts';
import type { Io } from '../commands/io.ts';
import { commands } from '../commands/table.ts';
import { isTopic, topicsTopic } from '../commands/topics.ts';
import { joinTraces } from '../commands/trace.ts';
import { Refused } from '../errors.ts';
import { complete } from './complete.ts';
import { fromEnvironment } from './environment.ts';
import { familiar } from './familiar.ts';

/** The options of every command. */
export const common = {
  verbose: { alias: 'v', type: 'boolean', describe: 'say more: places, causes' },
  quiet: { alias: 'q', type: 'boolean', describe: 'no notes and no progress on stderr' },
  'no-color': { type: 'boolean', describe: 'no colours (also NO_COLOR)' },
} as const satisfies Record<string, Options>;

export interface Parsed {
  /** Undefined when there is only `output` to print: a help text, a completion script. */
  readonly run?: (io: Io) => Promise<number>;
  readonly output: string;
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
  readonly noColor: boolean;
}

/** Throws {@link Refused} with code `usage`. */
export async function parse(given: readonly string[], env: Io['env'], columns = plainWidth): Promise<Parsed> {
  const argv = helpOf(given);
  if (argv[0] === completionKey) {
    const output = await complete(argv.slice(1), common, env['EDGEWG_FILE']);
    return { output, isVerbose: false, isQuiet: false, noColor: false };
  }
  let run: Parsed['run'];
  const parser = await parserFor(argv, { env, columns }, (command, args) => {
    for (const [name, value] of Object.entries(args)) if (value === stdin) args[name] = '-';
    run = io => runCommand(command, args, io);
  });
  const words = joinTraces(argv).map(word => (word === '-' ? stdin : word));
  let output = '';
  const read = async (): Promise<Record<string, unknown>> =>
    await parser.parseAsync(words, {}, (_error, _args, text) => {
      output = text;
    });
  const args = await read().catch(error => suggestOption(error, argv));
  return {
    ...(run === undefined ? {} : { run }),
    output: output === '' ? '' : `${output.replace(/\n*$/, '')}\n`,
    isVerbose: args['verbose'] === true,
    isQuiet: args['quiet'] === true,
    noColor: args['no-color'] === true,
  };
}

/** `help COMMAND` is `COMMAND --help`, unless a page has that name. yargs takes a lone `help`, or one at the end, for --help. */
function helpOf(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first !== 'help') return argv;
  const name = rest.find(word => !word.startsWith('-'));
  if (name === undefined) return [first, topicsTopic, ...rest];
  if (!Object.hasOwn(commands, name) || isTopic(name)) return argv;
  return [
    ...(name === first ? [first, topicsTopic] : [name]),
    ...rest.filter(word => word !== name),
    '--help',
  ];
}

/** The text of `edgewg --help`; the build keeps it in a file, since yargs alone takes longer to load than all of that. */
export async function helpText(): Promise<string> {
  const parser = await parserFor([], { env: {}, columns: plainWidth }, () => {});
  return `${(await parser.getHelp()).replace(/\n*$/, '')}\n`;
}

/** Stands for a lone `-` while yargs is at work, which takes it for an option without a name. */
const stdin = '<standard input>';

type Chosen = (command: Command, args: Record<string, unknown>) => void;

/** Of help texts in pipes, and of the one that the build keeps. */
const plainWidth = 80;

async function parserFor(
  argv: readonly string[],
  { env, columns }: { readonly env: Io['env']; readonly columns: number },
  chosen: Chosen,
): Promise<Argv> {
  const loaded = await needed(argv);
  const parser = yargs()
    .scriptName('edgewg')
    .usage(
      '$0 <command> [options]\n\nProvisions WireGuard on Ubiquiti EdgeRouters from one reviewed YAML file.',
    )
    .locale('en')
    .updateStrings(strings as unknown as Record<string, string>)
    .wrap(wantsHelp(argv) ? columns : null)
    .version(false)
    .help()
    .alias('help', 'h')
    .options(common)
    .group(['verbose', 'quiet', 'no-color', 'help'], 'Common:')
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'parse-numbers': false,
      'greedy-arrays': false,
      'camel-case-expansion': false,
    })
    .demandCommand(1, 'which command?')
    .strict()
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw usage(message, error, loaded.length === 1 ? loaded[0] : undefined);
    })
    .epilogue(
      'edgewg <command> --help lists its options. Every option can also be given as EDGEWG_<OPTION>.',
    );
  const isHelp = wantsHelp(argv);
  for (const command of loaded) addCommand(parser, command, env, isHelp, chosen);
  return parser;
}

function wantsHelp(argv: readonly string[]): boolean {
  return argv.length === 0 || argv.includes('--help') || argv.includes('-h');
}

/** The named command alone, or all of them where the name is unknown. */
async function needed(argv: readonly string[]): Promise<Command[]> {
  const name = argv.find(word => !word.startsWith('-'));
  const found = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  const loads = found === undefined ? Object.values(commands) : [found];
  return Promise.all(loads.map(async load => (await load()).command));
}

function addCommand(parser: Argv, command: Command, env: Io['env'], isHelp: boolean, chosen: Chosen): void {
  const options: Record<string, Options> = {};
  // yargs lays out the help of every command that it runs, and never shows it: with nothing in it that is cheap
  for (const [name, option] of Object.entries(command.options))
    options[name] = { requiresArg: option.type === 'string', hidden: !isHelp, ...option };
  parser.command(
    command.command,
    command.describe,
    inner => {
      for (const [name, positional] of Object.entries(command.positionals))
        inner.positional(name, positional);
      if (isHelp) for (const [example, what] of command.examples) inner.example(example, what);
      return inner
        .options(options)
        .config(fromEnvironment({ ...common, ...options }, env))
        .check(args => onlyOnce(args, options));
    },
    args => chosen(command, args),
  );
}

/** yargs gives a list where a value stands twice: which one was meant nobody can know. */
function onlyOnce(args: Record<string, unknown>, options: Record<string, Options>): true {
  for (const [name, option] of Object.entries(options))
    if (option.type !== 'array' && option.array !== true && Array.isArray(args[name]))
      throw new Refused('usage', `--${name} is given more than once`, 'give it once');
  return true;
}

/** `command` where one was named. */
function usage(message: string, error: unknown, command: Command | undefined): unknown {
  if (error instanceof Error && error.name !== 'YError') return error;
  const text = message
    .replace(/\s*\n\s*/g, ' ')
    .trim()
    .replace(/ after --(\w)$/, ' after -$1')
    .replace(/^an argument is missing[ \d]*$/, `an argument is missing: edgewg ${command?.command ?? ''}`)
    .replace(/^(no such value:) --(\S+)/, (all, what, name) =>
      Object.hasOwn(command?.positionals ?? {}, name) ? what : all,
    );
  const name = command?.command.split(' ')[0];
  return new Refused('usage', text, `see edgewg ${name === undefined ? '' : `${name} `}--help`, error);
}

/** yargs suggests commands, not options, and tells an argument too many from neither. Always throws. */
async function suggestOption(error: unknown, argv: readonly string[]): Promise<never> {
  if (error instanceof Refused && error.code === 'usage') {
    const own = (await needed(argv)).flatMap(command =>
      Object.entries(command.options).flatMap(([name, { alias }]) => [name, String(alias ?? '')]),
    );
    const known = [
      ...own,
      ...Object.entries(common).flatMap(([name, one]) => [name, 'alias' in one ? one.alias : '']),
    ];
    const answer = familiar(argv, {
      command: name => Object.hasOwn(commands, name),
      option: name => known.includes(name),
    });
    if (answer !== undefined) throw answer;
    const [first = ''] = argv;
    if (/^[a-z]/i.test(first) && !Object.hasOwn(commands, first)) throw await noCommand(first, error);
  }
  const unknown =
    error instanceof Refused ? /^unknown option or argument: (\S+)$/.exec(error.message)?.[1] : undefined;
  if (!(error instanceof Refused) || unknown === undefined) throw error;
  const known = (await needed(argv)).flatMap(command => Object.keys(command.options));
  if (argv.includes(unknown)) {
    const hint = known.includes('file') ? 'the site file is named with -f' : error.hint;
    throw new Refused('usage', `unexpected argument: ${unknown}`, hint, error);
  }
  if (!argv.some(word => word.startsWith(`--${unknown}`))) throw error;
  const { closest } = await import('../site/closest.ts');
  const close = closest(unknown, [...known, ...Object.keys(common), 'help']);
  const hint = close === undefined ? error.hint : `did you mean --${close}?`;
  throw new Refused('usage', `unknown option: --${unknown}`, hint, error);
}

async function noCommand(name: string, cause: Refused): Promise<Refused> {
  const { closest } = await import('../site/closest.ts');
  const { visible } = await import('../report/visible.ts');
  const close = closest(name, Object.keys(commands));
  const hint = isTopic(name)
    ? `edgewg help ${name} is a page about it`
    : close === undefined
      ? 'edgewg --help lists them'
      : `did you mean ${close}?`;
  return new Refused('usage', `there is no command ${visible(name)}`, hint, cause);
}

/** What yargs says, in the voice of everything else. */
const strings = {
  'Show help': 'show this help',
  'Not enough non-option arguments: got %s, need at least %s': {
    one: 'an argument is missing',
    other: 'an argument is missing',
  },
  'Not enough arguments following: %s': 'a value is missing after --%s',
  'Missing required argument: %s': { one: 'missing: %s', other: 'missing: %s' },
  'Unknown argument: %s': {
    one: 'unknown option or argument: %s',
    other: 'unknown options or arguments: %s',
  },
  'Invalid values:': 'no such value:',
  'Argument: %s, Given: %s, Choices: %s': '--%s %s, where there are %s',
};
