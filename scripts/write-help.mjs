// Writes the text of `edgewg --help` beside the built program, which prints it without loading yargs. Part of the build.
import { writeFileSync } from 'node:fs';
import { helpText } from '../dist/src/cli/parse.js';

writeFileSync(new URL('../dist/src/help.txt', import.meta.url), await helpText());
