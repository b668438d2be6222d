// `edgewg lab`: starts the lab router, says how to connect, and stops with a signal.
import { NoAccess, Refused } from '../errors.ts';
import { isReleaseName, releases } from '../lab/engine/release.ts';
import { kinds, parseFault } from '../lab/faults.ts';
import type { Lab, LabOptions } from '../lab/lab.ts';
import { otherHost } from '../lab/other-hosts.ts';
import { profiles } from '../lab/profiles.ts';
import { visible } from '../report/visible.ts';
import { quote } from '../vyatta/words.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';

const mishaps = Object.entries(kinds).map(([kind, does]) => `${kind} (${does.replaceAll(/[()]/g, '')})`);

const options = {
  port: { type: 'string', describe: 'listen on this port of 127.0.0.1; default: a free one' },
  seed: { type: 'string', describe: "start with this configuration: a config.boot or a router's snapshot" },
  release: {
    choices: Object.keys(releases),
    describe:
      "be this EdgeOS; default: that of the folder, else of the seed's last line, else 2.0.9-hotfix.7",
  },
  data: { type: 'string', describe: "keep the router's files in this folder over a restart" },
  'host-key': { type: 'string', describe: 'use the SSH host key in this file' },
  variables: {
    type: 'string',
    describe: 'once it is up, write to this file the variables that lead edgewg there: . FILE',
    requiresArg: true,
  },
  'authorized-keys': { type: 'string', describe: 'let in the keys in this file' },
  latency: { type: 'string', describe: 'delay of a round trip in milliseconds' },
  profile: { choices: Object.keys(profiles), describe: 'how long the router takes; default: instant' },
  fault: {
    type: 'string',
    array: true,
    describe: `let something go wrong, once: STEP=WHAT; WHAT is ${mishaps.join(', ')}`,
  },
  'peer-up': { type: 'string', array: true, describe: 'wgN:KEY: the other end of this peer is there' },
  resolve: {
    type: 'string',
    array: true,
    describe: 'NAME=ADDRESS: what a name means to the router; other names mean an address of 198.18.0.0/15',
  },
} as const;

interface Arguments {
  readonly port?: string | undefined;
  readonly seed?: string | undefined;
  readonly release?: string | undefined;
  readonly data?: string | undefined;
  readonly 'host-key'?: string | undefined;
  readonly variables?: string | undefined;
  readonly 'authorized-keys'?: string | undefined;
  readonly latency?: string | undefined;
  readonly profile?: string | undefined;
  readonly fault?: readonly string[] | undefined;
  readonly 'peer-up'?: readonly string[] | undefined;
  readonly resolve?: readonly string[] | undefined;
}

export const command = defineCommand({
  command: 'lab',
  describe: 'start a router of your own to try things on',
  options,
  examples: [
    ['edgewg lab --seed router.snapshot --data lab', 'a copy of your router that is still there tomorrow'],
    ['edgewg lab --latency 80 --fault set:12=drop', 'a far router, whose line breaks at the twelfth set'],
  ],
  run: runLab,
});

/** Runs until the signal, which is then the reason of its end. Rejects with Refused (options, files) or NoAccess. */
async function runLab(given: Arguments, io: Io): Promise<number> {
  const options = await optionsOf(given, io);
  const { startLab } = await import('../lab/lab.ts');
  const lab = await startLab(options).catch((error: unknown) => {
    throw startFailure(error, given.port);
  });
  try {
    io.stdout.write(welcome(lab));
    if (given.variables !== undefined) await io.writeFile(given.variables, variableLines(lab));
    if (!io.signal.aborted)
      await new Promise<void>(resolve =>
        io.signal.addEventListener('abort', () => resolve(), { once: true }),
      );
  } finally {
    await lab.close();
  }
  throw io.signal.reason;
}

async function optionsOf(given: Arguments, io: Io): Promise<LabOptions> {
  const port = readNumber('--port takes a port', given.port, 65_535, 'leave it out for a free one');
  const latencyMs = readNumber('--latency takes milliseconds', given.latency, 60_000, 'such as --latency 80');
  const read = async (path: string | undefined) =>
    path === undefined ? undefined : (await io.readFile(path, 1 << 26)).toString();
  const [seed, hostKey, keys] = await Promise.all(
    [given.seed, given['host-key'], given['authorized-keys']].map(read),
  );
  const password = io.env['EDGEWG_LAB_PASSWORD'];
  const profile = Object.entries(profiles).find(([name]) => name === given.profile)?.[1];
  return {
    ...(port !== undefined && { port }),
    ...(given.release !== undefined && isReleaseName(given.release) && { release: given.release }),
    ...(given.data !== undefined && { data: given.data }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(password && { password }),
    ...(profile && { profile }),
    ...(seed !== undefined && { seed }),
    ...(hostKey !== undefined && { hostKey }),
    ...(keys !== undefined && { authorizedKeys: keys.split('\n') }),
    faults: (given.fault ?? []).map(parseFault),
    peersUp: (given['peer-up'] ?? []).map(peerOf),
    hosts: Object.fromEntries((given.resolve ?? []).map(nameOf)),
    otherHosts: otherHost,
  };
}

function readNumber(takes: string, text: string | undefined, most: number, hint: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > most)
    throw new Refused('usage', `${takes} from 0 to ${most}, not ${visible(text)}`, hint);
  return Number(text);
}

function peerOf(pair: string): { link: string; publicKey: string } {
  const [, link, publicKey] = /^(wg\d+):(\S+)$/.exec(pair) ?? [];
  if (!link || !publicKey) throw new Refused('usage', `--peer-up ${pair} names no peer`, 'say wgN:KEY');
  return { link, publicKey };
}

function nameOf(pair: string): [string, string] {
  const [, name, address] = /^([^=]+)=(\S+)$/.exec(pair) ?? [];
  if (!name || !address)
    throw new Refused('usage', `--resolve ${pair} gives no name an address`, 'say NAME=ADDRESS');
  return [name, address];
}

function startFailure(error: unknown, port: string | undefined): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  return new NoAccess(
    'lab-start',
    `the lab router can't start${port === undefined ? '' : ` on port ${port}`}: ${message}`,
    'name a free port above 1023, or none, and a folder of your own',
    error,
  );
}

/** For a POSIX shell. */
function variableLines({ user, host, port, password, hostKey }: Lab): string {
  const found = { ROUTER: `${user}@${host}:${port}`, PASSWORD: password, HOST_KEY: hostKey };
  return Object.entries(found)
    .map(([name, value]) => `export EDGEWG_${name}=${quote(value)}\n`)
    .join('');
}

/** What a person needs, and what a script would put in its environment. */
function welcome({ user, host, port, password, hostKey, hostKeyLine, root }: Lab): string {
  return `The lab router is up until you press Ctrl-C.

  ssh -p ${port} ${user}@${host}
  password     ${password}
  known_hosts  ${hostKeyLine}
  files        ${root}

  export EDGEWG_HOST_KEY='${hostKey}'

On the router, \`edgewg-lab\` lets things go wrong on purpose.
`;
}
