// What runs in the pod of a node: start, and the two probes. The pod sets the interface up and leaves it when it ends, so that a
// new image doesn't cost a session.
import { quote } from '../../vyatta/words.ts';
import { lines } from '../file.ts';
import { setconf } from '../host/ifupdown.ts';
import { nftRules } from '../host/nft.ts';
import { type HostPaths, hostScript } from '../host/script.ts';
import { alone, type NodeSetup } from '../setup.ts';

export const configFolder = '/etc/edgewg';
/** On the node, for a key that is made there. */
export const keyFolder = '/var/lib/edgewg';
/** In the pod, for keys of its Secret. */
export const secretFolder = '/run/edgewg';

/** Keys that can't be made on the node come in a Secret, which only this node's pod mounts. */
export function needsSecret({ node, hasPresharedKey }: NodeSetup): boolean {
  return node.key.kind !== 'made-on-node' || hasPresharedKey;
}

/** The entries of the ConfigMap for one node; no secret is among them. */
export function nodeConfig(setup: NodeSetup): Record<string, string> {
  const { name } = setup.node;
  const made = setup.node.key.kind === 'made-on-node';
  const paths: HostPaths = {
    key: made ? `${keyFolder}/${setup.link}.key` : `${secretFolder}/private-key`,
    presharedKey: `${secretFolder}/preshared-key`,
    nft: `${configFolder}/${name}.nft`,
  };
  return {
    [`${name}.conf`]: setconf(setup),
    ...(setup.cluster.firewall === 'nftables' && { [`${name}.nft`]: nftRules(setup) }),
    [`${name}.sh`]: hostScript(setup, paths, 'way'),
    [`${name}.start.sh`]: start(setup, paths),
    [`${name}.ready.sh`]: ready(setup),
  };
}

function start(setup: NodeSetup, { key, presharedKey }: HostPaths): string {
  const { node, link } = setup;
  const base = `${configFolder}/${node.name}`;
  const routes = [...setup.routerAddresses.map(alone), ...setup.cluster.homeNetworks];
  return lines(
    '#!/bin/sh',
    `# ${node.name}: made by edgewg from the site file. Every step may run again.`,
    'set -eu',
    `sh ${base}.sh before`,
    `ip link add dev ${link} type wireguard 2>/dev/null || ip link show dev ${link} >/dev/null`,
    '# first: with its key WireGuard begins to send, and must find its own way and its rules there',
    `sh ${base}.sh up`,
    '# with the keys in it, so that sessions go on; never as an argument, which `ps` would show',
    `{ echo '[Interface]'; echo "PrivateKey = $(cat ${quote(key)})"; sed '1,/^.Interface.$/d' ${base}.conf${
      setup.hasPresharedKey ? `; echo "PresharedKey = $(cat ${quote(presharedKey)})"` : ''
    }; } |`,
    `  wg syncconf ${link} /dev/stdin`,
    node.address.map(address => `${ipOf(address)} address replace ${address} dev ${link}`),
    `ip link set dev ${link} mtu ${setup.mtu} up`,
    routes.map(prefix => `${ipOf(prefix)} route replace ${prefix} dev ${link}`),
    '# the tunnel outlives the pod: a new one finds it and goes on',
    "trap 'exit 0' TERM INT",
    'while :; do sleep 3600 & wait $!; done',
  );
}

const ipOf = (address: string): string => (address.includes(':') ? 'ip -6' : 'ip');

/** Where somebody keeps the session alive, a handshake is at most about three minutes old (REJECT_AFTER_TIME is 180 s). */
function ready(setup: NodeSetup): string {
  const { link, keepalive, tunnel } = setup;
  const isKept =
    keepalive !== undefined ||
    tunnel.peers.some(({ persistentKeepalive }) => persistentKeepalive !== undefined);
  return lines(
    '#!/bin/sh',
    'set -eu',
    `ip link show dev ${link} up | grep -q ${link}`,
    isKept && [
      'now=$(date +%s)',
      `wg show ${link} latest-handshakes | while read -r _ at; do [ $((now - at)) -lt 300 ]; done`,
    ],
  );
}
