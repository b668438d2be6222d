// The start: what can be answered without loading anything is answered here, and only then comes the rest.
import { readFileSync } from 'node:fs';
import { loadProgram } from './program.ts';
import { shippedFile } from './shipped.ts';

const argv = process.argv.slice(2);
const [first] = argv;

/** The list of commands, where the text that the build keeps is as wide as it should be. */
function isPlainHelp(): boolean {
  const { isTTY, columns } = process.stdout;
  const asks = first === undefined || (argv.length === 1 && /^(--help|-h)$/.test(first));
  return asks && process.env['COLUMNS'] === undefined && (isTTY !== true || columns === 80);
}

if (argv.length === 1 && /^(--version|-V|version)$/.test(first ?? '')) {
  const { version } = JSON.parse(readFileSync(shippedFile('package.json'), 'utf8'));
  process.stdout.write(`${version}\n`);
} else if (isPlainHelp()) {
  // written by scripts/write-help.mjs from the definitions of the commands
  process.stdout.write(readFileSync(shippedFile('dist/src/help.txt'), 'utf8'));
} else {
  void loadProgram(argv, process).runCli(argv);
}
