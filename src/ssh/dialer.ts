// Puts the parts together: reads what decides the way in once, then dials it as often as asked, hop by hop.
import type { Duplex } from 'node:stream';
import type { Access } from './access.ts';
import { chooseAlgorithms } from './algorithms.ts';
import { Channels } from './channels.ts';
import { readConfigFiles } from './config-files.ts';
import type { Connection, Dialer, Target } from './contract.ts';
import { Credentials } from './credentials.ts';
import { runCommand } from './exec.ts';
import { forward } from './forward.ts';
import type { Hop } from './hop.ts';
import { type HopConnection, openHopConnection } from './hop-connection.ts';
import { findJumpPath } from './jump-path.ts';
import { Login } from './login.ts';
import type { PreparedHop } from './prepared-hop.ts';
import { recordHostKey } from './record-host-key.ts';
import { openSocket, where } from './socket.ts';
import { readTrust } from './trust.ts';

/** Where a goodbye finds no way out of this machine. */
const goodbyeMs = 1000;

export async function openDialer(target: Target, access: Access): Promise<Dialer> {
  const lines = await readConfigFiles(access);
  const preparedHops: PreparedHop[] = [];
  const credentials = new Credentials(access);
  const jumpPath = findJumpPath(target, lines, access);
  for (const hop of jumpPath)
    preparedHops.push(await prepareHop(hop, access, credentials, hop === jumpPath.at(-1)));
  const name = preparedHops
    .map(({ hop }) => `${hop.user}@${where(hop)}`)
    .reverse()
    .join(' through ');
  return { name, dial: (signal, commands) => dial(preparedHops, signal, commands) };
}

async function prepareHop(
  hop: Hop,
  access: Access,
  credentials: Credentials,
  isTarget: boolean,
): Promise<PreparedHop> {
  const trust = await readTrust(hop, access);
  chooseAlgorithms(hop.legacy, trust); // a misspelt name is reported before anybody is dialled
  const login = new Login(hop, access, credentials, isTarget);
  return { hop, trust, login, accepted: [], recordKey: key => recordHostKey(key, hop, access) };
}

async function dial(
  preparedHops: readonly PreparedHop[],
  signal?: AbortSignal,
  commands = 0,
): Promise<Connection> {
  const hopConnections: HopConnection[] = [];
  try {
    let localAddress: string | undefined;
    let before: { hop: Hop; hopConnection: HopConnection } | undefined;
    for (const prepared of preparedHops) {
      let stream: Duplex;
      if (before === undefined) {
        const socket = await openSocket(prepared.hop, signal);
        localAddress = socket.localAddress;
        stream = socket;
      } else stream = await forward(before.hopConnection, before.hop, prepared.hop, signal);
      const hopConnection = await openHopConnection(stream, prepared, signal);
      hopConnections.push(hopConnection);
      hopConnection.client.on('error', () => hangUp(hopConnections)); // one closed link closes the chain
      before = { hop: prepared.hop, hopConnection };
    }
    return connection(hopConnections, preparedHops, localAddress, commands);
  } catch (error) {
    hangUp(hopConnections);
    throw error;
  }
}

function connection(
  hopConnections: readonly HopConnection[],
  preparedHops: readonly PreparedHop[],
  localAddress: string | undefined,
  commands: number,
): Connection {
  const hopConnection = hopConnections.at(-1);
  const hop = preparedHops.at(-1)?.hop;
  if (hopConnection === undefined || hop === undefined) throw new TypeError('a way in without a target');
  const channels = new Channels(hopConnection, commands);
  return {
    exec: (command, options) => runCommand(hopConnection, channels, hop.name, command, options),
    hostKey: hopConnection.hostKey,
    remote: { host: hop.host, port: hop.port, user: hop.user },
    localAddress,
    closed: hopConnection.closed.then(() => {}),
    close: () => close(hopConnections),
  };
}

/** The first link carries all others. */
function hangUp(hopConnections: readonly HopConnection[]): void {
  hopConnections[0]?.destroy();
}

/** The other end's goodbye is not waited for, which over a long line would be a round trip. */
async function close(hopConnections: readonly HopConnection[]): Promise<void> {
  const timer = setTimeout(() => hangUp(hopConnections), goodbyeMs);
  // what the others say goes through the first one, whose goodbye is the last
  const said = [...hopConnections].reverse().map(one => one.end());
  await said.at(-1);
  clearTimeout(timer);
  hangUp(hopConnections);
  await Promise.all(hopConnections.map(({ closed }) => closed));
}
