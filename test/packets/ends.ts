// The ends of connections, run on the machines: `serve PORT BYTES` answers every connection with so many bytes, `fetch HOST PORT BYTES` sends
// so many and takes all that comes, `probe-udp HOST` sends to every port, `connect HOST` opens every TCP port, `tell PORT ADDRESS` answers with
// the address of who asks, `ask-tcp HOST PORT` and `ask-udp HOST PORT` ask it. Results are one line of JSON.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [, , what, ...words] = process.argv;
const say = (result: object): void => void process.stdout.write(`${JSON.stringify(result)}\n`);

function serve(port: number, bytes: number): void {
  const server = createServer({ allowHalfOpen: true }, socket => {
    let received = 0;
    socket.on('error', () => undefined);
    socket.on('data', chunk => {
      received += chunk.length;
    });
    // answers when it has everything, so both directions carry a full load one after the other
    socket.on('end', () => socket.end(Buffer.alloc(bytes, received & 0xff)));
  });
  server.listen(port, '::', () => say({ listening: port }));
}

function fetch(host: string, port: number, bytes: number): void {
  const socket = connect({ host, port, allowHalfOpen: true });
  let received = 0;
  socket.on('error', error => say({ error: error.message, received }));
  socket.on('connect', () => socket.end(Buffer.alloc(bytes)));
  socket.on('data', chunk => {
    received += chunk.length;
  });
  socket.on('end', () => say({ received, from: socket.localAddress, to: socket.remoteAddress }));
}

/** One byte to each of the ports; the answers are for a capture to see. */
async function probeUdp(host: string, ports: readonly number[]): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  // ICMP errors of earlier datagrams come back here
  socket.on('error', () => undefined);
  for (const port of ports) {
    const send = (): Promise<Error | null> =>
      new Promise(resolve => socket.send('x', port, host, error => resolve(error)));
    while ((await send()) !== null);
  }
  socket.close();
  say({ sent: ports.length });
}

/** The ports of TCP that answer with a connection, those that refuse are counted. */
async function connectAll(host: string, ports: number[]): Promise<void> {
  const open: number[] = [];
  const outcomes: Record<string, number> = {};
  const work = async (): Promise<void> => {
    for (let port = ports.pop(); port !== undefined; port = ports.pop()) {
      const code = await attempt(host, port);
      outcomes[code] = (outcomes[code] ?? 0) + 1;
      if (code === 'open') open.push(port);
    }
  };
  await Promise.all(Array.from({ length: 64 }, work));
  say({ open, outcomes });
}

function attempt(host: string, port: number): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    const end = (code: string): void => {
      socket.destroy();
      resolve(code);
    };
    socket.setTimeout(10_000, () => end('silent'));
    socket.on('connect', () => end('open'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'));
  });
}

/** `1-65535` or `22,80`. */
function portsOf(text: string): number[] {
  return text.split(',').flatMap(part => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** Answers every connection and datagram with the address that it comes from. */
function tell(port: number, address: string): void {
  const plain = (from = ''): string => from.replace('::ffff:', '');
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (_, from) => udp.send(plain(from.address), from.port, from.address));
  udp.bind(port, address);
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.end(plain(socket.remoteAddress));
  });
  server.listen(port, address, () => say({ listening: port }));
}

/** What is told there of a datagram. */
function askUdp(host: string, port: number): void {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('error', () => undefined);
  socket.on('message', text => {
    say({ seen: text.toString() });
    process.exit();
  });
  setInterval(() => socket.send('x', port, host, () => undefined), 200);
}

function askTcp(host: string, port: number): void {
  let seen = '';
  const socket = connect({ host, port });
  socket.on('error', () => undefined);
  socket.on('data', text => {
    seen += text;
  });
  socket.on('end', () => say({ seen }));
}

const [first = '', second = '', third = ''] = words;
if (what === 'serve') serve(Number(first), Number(second));
else if (what === 'fetch') fetch(first, Number(second), Number(third));
else if (what === 'tell') tell(Number(first), second);
else if (what === 'ask-udp') askUdp(first, Number(second));
else if (what === 'ask-tcp') askTcp(first, Number(second));
else if (what === 'probe-udp') await probeUdp(first, portsOf(second));
else if (what === 'connect') await connectAll(first, portsOf(second));
else throw new Error(`what is ${what}?`);
