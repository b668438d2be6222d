// Puts the parts together: reads what decides the way in once, then dials it as often as asked, hop by hop.
import type { Duplex } from 'node:stream';
import type { Access } from './access.ts';
import { chooseAlgorithms } from './algorithms.ts';
import { readConfigFiles } from './config-files.ts';
import type { Connection, Door, Target } from './contract.ts';
import { runCommand } from './exec.ts';
import { forward } from './forward.ts';
import type { Gate } from './gate.ts';
import type { Hop } from './hop.ts';
import { learnHostKey } from './learn.ts';
import { type Link, openLink } from './link.ts';
import { Login } from './login.ts';
import { openSocket, where } from './socket.ts';
import { readTrust } from './trust.ts';
import { Vault } from './vault.ts';
import { findWay } from './way.ts';

const goodbyeMs = 1000;

export async function openDoor(target: Target, access: Access): Promise<Door> {
  const lines = await readConfigFiles(access);
  const gates: Gate[] = [];
  const vault = new Vault(access);
  const way = findWay(target, lines, access);
  for (const hop of way) gates.push(await openGate(hop, access, vault, hop === way.at(-1)));
  const name = gates
    .map(({ hop }) => `${hop.user}@${where(hop)}`)
    .reverse()
    .join(' through ');
  return { name, dial: signal => dial(gates, signal) };
}

async function openGate(hop: Hop, access: Access, vault: Vault, isTarget: boolean): Promise<Gate> {
  const trust = await readTrust(hop, access);
  chooseAlgorithms(hop.legacy, trust); // a misspelt name is told before anybody is dialled
  const login = new Login(hop, access, vault, isTarget);
  return { hop, trust, login, accepted: [], learn: key => learnHostKey(key, hop, access) };
}

async function dial(gates: readonly Gate[], signal?: AbortSignal): Promise<Connection> {
  const links: Link[] = [];
  try {
    let localAddress: string | undefined;
    let before: { hop: Hop; link: Link } | undefined;
    for (const gate of gates) {
      let stream: Duplex;
      if (before === undefined) {
        const socket = await openSocket(gate.hop, signal);
        localAddress = socket.localAddress;
        stream = socket;
      } else stream = await forward(before.link, before.hop, gate.hop, signal);
      const link = await openLink(stream, gate, signal);
      links.push(link);
      link.client.on('error', () => hangUp(links)); // a chain is as dead as its deadest link
      before = { hop: gate.hop, link };
    }
    return connection(links, gates, localAddress);
  } catch (error) {
    hangUp(links);
    throw error;
  }
}

function connection(
  links: readonly Link[],
  gates: readonly Gate[],
  localAddress: string | undefined,
): Connection {
  const link = links.at(-1);
  const hop = gates.at(-1)?.hop;
  if (link === undefined || hop === undefined) throw new TypeError('a way in without a target');
  return {
    exec: (command, options) => runCommand(link, hop.name, command, options),
    hostKey: link.hostKey,
    remote: { host: hop.host, port: hop.port, user: hop.user },
    localAddress,
    closed: link.closed.then(() => {}),
    close: () => close(links),
  };
}

/** The first link carries all others. */
function hangUp(links: readonly Link[]): void {
  links[0]?.destroy();
}

/** A server that doesn't say goodbye in time is left behind. */
async function close(links: readonly Link[]): Promise<void> {
  for (const { client } of [...links].reverse()) client.end();
  const timer = setTimeout(() => hangUp(links), goodbyeMs);
  await Promise.all(links.map(({ closed }) => closed));
  clearTimeout(timer);
}
