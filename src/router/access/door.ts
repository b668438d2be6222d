// Puts the parts together: reads what decides the way in once, then dials it as often as asked, hop by hop.
import type { Duplex } from 'node:stream';
import { NoAccess } from '../../errors.ts';
import type { Connection, Door } from '../connection.ts';
import type { Access, Target } from './access.ts';
import { chooseAlgorithms } from './algorithms.ts';
import { readConfigFiles } from './config-files.ts';
import { runCommand } from './exec.ts';
import { type Hop, planHops } from './hop.ts';
import { learnHostKey } from './learn.ts';
import { type Link, openLink } from './link.ts';
import { Login } from './login.ts';
import { printable } from './printable.ts';
import { openSocket, where } from './socket.ts';
import { readTrust, type Trust } from './trust.ts';
import { Vault } from './vault.ts';

interface Gate {
  readonly hop: Hop;
  readonly trust: Trust;
  readonly login: Login;
}

export async function openDoor(target: Target, access: Access): Promise<Door> {
  const lines = await readConfigFiles(access);
  const gates: Gate[] = [];
  for (const hop of planHops(target, lines, access)) {
    const trust = await readTrust(hop, access);
    chooseAlgorithms(hop.legacy, trust); // a misspelt name is told before anybody is dialled
    gates.push({ hop, trust, login: new Login(hop, access, new Vault(access)) });
  }
  const last = gates.at(-1)?.hop;
  if (last === undefined) throw new TypeError('a way in without a target');
  return { name: describe(gates), dial: signal => dial(gates, access, signal) };
}

function describe(gates: readonly Gate[]): string {
  const names = gates.map(({ hop }) => `${hop.user}@${where(hop)}`).reverse();
  return names.join(' through ');
}

async function dial(gates: readonly Gate[], access: Access, signal?: AbortSignal): Promise<Connection> {
  const links: Link[] = [];
  try {
    let localAddress: string | undefined;
    for (const gate of gates) {
      const before = links.at(-1);
      let stream: Duplex;
      if (before === undefined) {
        const socket = await openSocket(gate.hop, signal);
        localAddress = socket.localAddress;
        stream = socket;
      } else stream = await forward(before, gates[links.length - 1]?.hop, gate.hop);
      links.push(
        await openLink(stream, { ...gate, signal, learn: key => learnHostKey(key, gate.hop, access) }),
      );
    }
    return connection(links, gates.at(-1)?.hop, localAddress);
  } catch (error) {
    for (const link of links.reverse()) link.client.destroy();
    throw error;
  }
}

function forward(link: Link, jump: Hop | undefined, to: Hop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(jumpRefuses(jump, to, 'it gives no answer')), to.connectTimeoutMs);
    link.client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
      clearTimeout(timer);
      if (error) reject(jumpRefuses(jump, to, error.message.replace(/^\(SSH\) Channel open failure: /, '')));
      else resolve(channel);
    });
  });
}

function jumpRefuses(jump: Hop | undefined, to: Hop, why: string): NoAccess {
  const message = `the jump host ${jump?.name ?? ''} doesn't connect to ${where(to)}: ${printable(why)}`;
  return new NoAccess(
    'jump-refused',
    message,
    'check AllowTcpForwarding on the jump host, and that it reaches the next one',
  );
}

function connection(
  links: readonly Link[],
  hop: Hop | undefined,
  localAddress: string | undefined,
): Connection {
  const link = links.at(-1);
  if (link === undefined || hop === undefined) throw new TypeError('a connection without a link');
  return {
    exec: (command, options) => runCommand(link, hop.name, command, options),
    hostKey: link.hostKey,
    remote: { host: hop.host, port: hop.port, user: hop.user },
    localAddress,
    closed: link.closed,
    close: () => close(links),
  };
}

/** A server that doesn't say goodbye within a second is left behind. */
async function close(links: readonly Link[]): Promise<void> {
  for (const { client, closed } of [...links].reverse()) {
    client.on('error', () => {});
    const timer = setTimeout(() => client.destroy(), 1000);
    client.end();
    await closed;
    clearTimeout(timer);
  }
}
