// Runs the bundled program once, a plan, and keeps what V8 compiled on the way: src/program.ts starts from that.
import { writeFileSync } from 'node:fs';
import { compiledFile, programScript, runProgram } from '../dist/src/program.js';

const script = programScript();
await runProgram(script).runCli([
  'plan',
  ...['-f', 'fixtures/blog/site.yaml', '--running', 'fixtures/blog/router.commands'],
]);
writeFileSync(compiledFile(), script.createCachedData());
