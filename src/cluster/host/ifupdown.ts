// The node's end for ifupdown (/etc/network/interfaces.d), with `wg setconf` for what WireGuard itself must know.
import { lines } from '../file.ts';
import type { NodeSetup } from '../setup.ts';
import { ipFor } from './link.ts';
import { routedInto } from './parts.ts';
import { peerSection } from './wg-conf.ts';

export interface IfupdownPaths {
  readonly script: string;
  readonly conf: string;
}

export function ifupdown(setup: NodeSetup, { script, conf }: IfupdownPaths): string {
  const { node, link } = setup;
  const v4 = node.address.filter(address => !address.includes(':'));
  const v6 = node.address.filter(address => address.includes(':'));
  const stanzas = [
    ...v4.map(address => ({ family: 'inet', address })),
    ...v6.map(address => ({ family: 'inet6', address })),
  ];
  const routes = routedInto(setup);
  return lines(
    `# ${node.name}: made by edgewg from the site file.`,
    `auto ${link}`,
    stanzas.flatMap(({ family, address }, i) => [
      ...(i === 0 ? [] : ['']),
      `iface ${link} ${family} static`,
      `    address ${address}`,
      ...(i === 0 ? [`    mtu ${setup.mtu}`, ...first(setup, script, conf)] : []),
      ...(i === stanzas.length - 1 ? last(setup, script, routes) : []),
    ]),
  );
}

function first({ link }: NodeSetup, script: string, conf: string): string[] {
  return [
    `    pre-up sh ${script} before`,
    `    pre-up ip link add ${link} type wireguard || [ -e /sys/class/net/${link} ]`,
    `    pre-up wg setconf ${link} ${conf}`,
    `    post-down ip link del ${link} 2>/dev/null || :`,
    // behind that, so that the watch doesn't take it for a loss
    `    post-down sh ${script} down`,
  ];
}

/** Routes need every address of the interface to be there. */
function last({ link }: NodeSetup, script: string, routes: readonly string[]): string[] {
  return [
    ...routes.map(prefix => `    post-up ${ipFor(prefix)} route replace ${prefix} dev ${link}`),
    `    post-up sh ${script} up`,
  ];
}

/** What `wg setconf` takes: without addresses, MTU and commands. */
export function setconf(setup: NodeSetup): string {
  const { node, tunnel } = setup;
  return lines(
    `# ${node.name}: the other end of the router's ${tunnel.name}. Made by edgewg from the site file.`,
    '[Interface]',
    `ListenPort = ${node.listenPort}`,
    `FwMark = 0x${setup.cluster.fwmark.toString(16)}`,
    '',
    peerSection(setup),
  );
}
