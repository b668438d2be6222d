// Types at a router what comes on stdin, as somebody would who isn't edgewg: a shell of its own over SSH, line by line. Arguments: port,
// user, password. Exits with 1 when the router said that something failed.
import { readFileSync } from 'node:fs';
import { Client } from 'ssh2';

const [port = '', username = '', password = ''] = process.argv.slice(2);
const client = new Client();
client.on('ready', () => {
  client.shell((error, stream) => {
    if (error) throw error;
    let said = '';
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    stream.on('close', () => {
      client.end();
      process.stdout.write(said);
      process.exitCode = /failed|error|invalid/i.test(said) ? 1 : 0;
    });
    stream.end(`${readFileSync(0, 'utf8').trimEnd()}\nexit\n`);
  });
});
client.connect({ host: '127.0.0.1', port: Number(port), username, password });
