// The start: what can be answered without loading anything is answered here, and only then comes the rest.
import { readFileSync } from 'node:fs';
import { loadProgram } from './program.ts';
import { shippedFile } from './shipped.ts';

const argv = process.argv.slice(2);
const [first] = argv;

if (argv.length === 1 && /^(--version|-V|version)$/.test(first ?? '')) {
  const { version } = JSON.parse(readFileSync(shippedFile('package.json'), 'utf8'));
  process.stdout.write(`${version}\n`);
} else if (first === undefined || (argv.length === 1 && /^(--help|-h)$/.test(first))) {
  // written by scripts/write-help.mjs from the definitions of the commands
  process.stdout.write(readFileSync(shippedFile('dist/src/help.txt'), 'utf8'));
} else {
  void loadProgram(process.env).runCli(argv);
}
