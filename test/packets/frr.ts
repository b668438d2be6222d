// FRR's daemons on a machine: its /run and /etc are its own, so they have their usual places.
import { type Machine, until } from './machine.ts';

export async function startFrr(machine: Machine, config: string, daemons: readonly string[]): Promise<void> {
  machine.run(['sh', '-c', 'cat >/etc/frr/all.conf && touch /etc/frr/vtysh.conf'], config);
  for (const daemon of daemons) {
    // vtysh hands out the configuration below, and each daemon takes what it understands
    machine.run([`/usr/lib/frr/${daemon}`, '-d', '-f', '/dev/null', '-P', '0']);
  }
  await until(
    `FRR takes its configuration on ${machine.name}`,
    () => (machine.try(['vtysh', '-f', '/etc/frr/all.conf']).exit === 0 ? true : undefined),
    () => machine.try(['vtysh', '-f', '/etc/frr/all.conf']).stderr,
  );
}

/** Commands of configure mode, below each other. */
export function configure(machine: Machine, ...lines: string[]): void {
  machine.run(['vtysh', '-c', 'configure terminal', ...lines.flatMap(line => ['-c', line])]);
}

/**
 * A daemon whose first attempt came before the tunnel was there waits two minutes until the next (ConnectRetry). Here it waits three seconds: no
 * test is about that time.
 */
export function connectSoon(machine: Machine): void {
  const { as, peers = {} } = summary(machine);
  configure(
    machine,
    `router bgp ${as}`,
    ...Object.keys(peers).map(address => `neighbor ${address} timers connect 3`),
  );
}

interface Peer {
  state: string;
  pfxRcd?: number;
}

/** The state of each BGP neighbour, by its address. */
export function neighbours(machine: Machine): Record<string, string> {
  const { peers = {} } = summary(machine);
  return Object.fromEntries(Object.entries(peers).map(([address, peer]) => [address, peer.state]));
}

function summary(machine: Machine): { as: number; peers?: Record<string, Peer> } {
  const text = machine.run(['vtysh', '-c', 'show bgp ipv4 unicast summary json']);
  return JSON.parse(text) as { as: number; peers?: Record<string, Peer> };
}
