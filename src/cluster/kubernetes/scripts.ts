// What runs in the pod of a node: start, which then watches, and the two probes. The pod sets the interface up and leaves it when it ends, so that a
// new image doesn't cost a session.
import { lines } from '../file.ts';
import { setconf } from '../host/ifupdown.ts';
import { nftRules } from '../host/nft.ts';
import type { HostPaths } from '../host/paths.ts';
import { hostScript } from '../host/script.ts';
import type { NodeSetup } from '../setup.ts';

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
    conf: `${configFolder}/${name}.conf`,
  };
  return {
    [`${name}.conf`]: setconf(setup),
    ...(setup.cluster.firewall === 'nftables' && { [`${name}.nft`]: nftRules(setup) }),
    [`${name}.sh`]: hostScript(setup, paths, 'pod'),
    [`${name}.start.sh`]: start(setup),
    [`${name}.ready.sh`]: ready(setup),
  };
}

function start({ node }: NodeSetup): string {
  const script = `${configFolder}/${node.name}.sh`;
  return lines(
    '#!/bin/sh',
    `# ${node.name}: made by edgewg from the site file. Every step may run again.`,
    'set -eu',
    `sh ${script} before`,
    `sh ${script} up`,
    '# the tunnel outlives the pod: a new one finds it and goes on',
    "trap 'exit 0' TERM INT",
    `sh ${script} watch &`,
    'wait $!',
  );
}

/** Where somebody keeps the session alive, a handshake is at most about three minutes old (REJECT_AFTER_TIME is 180 s). */
function ready(setup: NodeSetup): string {
  const { link, keepalive, tunnel } = setup;
  const isKept =
    keepalive !== undefined ||
    tunnel.peers.some(({ persistentKeepalive }) => persistentKeepalive !== undefined);
  return lines(
    '#!/bin/sh',
    'set -eu',
    `sh ${configFolder}/${setup.node.name}.sh check`,
    isKept && [
      'now=$(date +%s)',
      `wg show ${link} latest-handshakes | while read -r _ at; do [ $((now - at)) -lt 300 ]; done`,
    ],
  );
}
