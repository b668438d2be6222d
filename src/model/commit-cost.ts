// What each node costs the router's configuration system in a commit, where that was measured (docs/edgeos.md 'Commits').
import { has, type Path, type Tree } from '../vyatta/tree.ts';

/** Milliseconds on the recorded machine (transcripts README, the last lines). */
export const cost = {
  command: 13,
  commit: 150,
  save: 100,
  /** Logging in again, the switch, the comparison. */
  around: 500,
  interface: 185,
  address: 122,
  leaf: 37,
  peer: 196,
  peerLeaf: 80,
  allowed: 70,
  rule: 42,
  route: 57,
  attached: 158,
  interfaceGone: 560,
} as const;

interface Command {
  readonly op: string;
  readonly path: Path;
}

interface Unit {
  /** What costs once, however many commands are about it. */
  readonly name: string;
  readonly ms: number;
}

/** Undefined: nobody has measured it. `running` is the configuration before. */
export function unitOf({ op, path }: Command, running: Tree): Unit | undefined {
  const [top = '', kind = '', , box] = path;
  const named = (length: number, ms: number): Unit => ({ name: path.slice(0, length).join(' '), ms });
  if (path.includes('firewall') && top === 'interfaces') return named(path.length, cost.attached);
  if (top === 'interfaces' && kind === 'wireguard')
    return box === 'peer' ? peerUnit(op, path, running) : interfaceUnit(op, path, running);
  if (top === 'firewall' && /^(ipv6-)?(name|modify)$/.test(kind)) return named(5, cost.rule);
  if (top === 'protocols' && kind === 'static' && /route6?$/.test(path[2] ?? '')) return named(6, cost.route);
  return likeLeaf.has(`${top} ${kind}`) ? named(path.length, cost.leaf) : undefined;
}

/** Nobody has measured these either; a leaf of them starts no daemon, so it is counted as one of an interface. */
const likeLeaf = new Set(['firewall options', 'firewall group', 'service ubnt-discover']);

function interfaceUnit(op: Command['op'], path: Path, running: Tree): Unit {
  const [, , , leaf] = path;
  const name = path.join(' ');
  if (leaf === undefined) return { name, ms: op === 'set' ? cost.interface : cost.interfaceGone };
  if (leaf === 'address') return { name, ms: cost.address };
  // a new interface costs once, with the key that it can't be without
  if (leaf === 'private-key' || !has(running, path.slice(0, 3)))
    return leaf === 'private-key' || leaf === 'route-allowed-ips'
      ? { name: path.slice(0, 3).join(' '), ms: cost.interface }
      : { name, ms: cost.leaf };
  return { name, ms: cost.leaf };
}

function peerUnit(op: Command['op'], path: Path, running: Tree): Unit {
  const peer = path.slice(0, 5);
  const isNew = op === 'set' && !has(running, peer);
  const [leaf, ...values] = path.slice(5);
  if (leaf === undefined || (isNew && leaf !== 'allowed-ips' && leaf !== 'persistent-keepalive'))
    return { name: peer.join(' '), ms: cost.peer };
  if (leaf === 'allowed-ips') return { name: path.join(' '), ms: cost.allowed * Math.max(1, values.length) };
  return { name: path.slice(0, 6).join(' '), ms: cost.peerLeaf };
}
