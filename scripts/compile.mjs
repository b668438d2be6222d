// Runs the bundled program once and keeps what V8 compiled on the way: src/program.ts starts from that. The run is a plan of the blog's
// network over SSH, on a server that answers with its configuration.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { compiledFile, programScript, runProgram } from '../dist/src/program.js';

const running = readFileSync('fixtures/blog/router.commands');
const hostKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });

/** What scripts/read.sh prints. */
function answer(channel) {
  channel.once('data', line => {
    const nonce = line.toString().trim();
    const record = (name, output) => `${nonce} ${name} 0 ${Buffer.from(output).toString('base64') || '-'}\n`;
    channel.write(record('admin', 'ubnt') + record('running', running) + record('end', ''));
    channel.exit(0);
    channel.end();
  });
}

const server = new ssh2.Server({ hostKeys: [hostKey.private] }, client =>
  client
    .on('error', () => {})
    .on('authentication', context => context.accept())
    .on('session', accept => accept().on('exec', acceptExec => answer(acceptExec()))),
);
await new Promise(done => server.listen(0, '127.0.0.1', done));
const home = mkdtempSync(join(tmpdir(), 'edgewg-compile-'));
for (const name of Object.keys(process.env)) if (name.startsWith('EDGEWG_')) delete process.env[name];
Object.assign(process.env, { HOME: home, EDGEWG_HOST_KEY: hostKey.public, EDGEWG_PASSWORD: 'any' });
const script = programScript();
await runProgram(script).runCli([
  'plan',
  ...['-f', 'fixtures/blog/site.yaml', '--router', `ubnt@127.0.0.1:${server.address().port}`],
]);
writeFileSync(compiledFile(), script.createCachedData());
server.close();
rmSync(home, { recursive: true });
