// EW110 to EW112: a listen port that somebody else on the router has: another WireGuard interface, a service, or NAT, which takes
// packets away before the router's own services see them.

import { natOf, natRuleName } from '../../model/firewall/nat.ts';
import { newUdp } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import type { Ruleset } from '../../model/firewall/ruleset.ts';
import { ask, passage, passes, ruleOf } from '../../model/firewall/verdict.ts';
import { udpServices } from '../../model/services.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath, Tunnel } from '../../site/site.ts';
import type { Path } from '../../vyatta/tree.ts';
import { finding, onRouter, type Side, type Uplink, viewOf } from '../view.ts';
import { listenPort, sourcesOf } from './need.ts';

export const portTaken: Check = {
  explanations: {
    EW110: {
      title: 'another WireGuard interface has the listen port',
      why: `Two interfaces can't listen on one UDP port: the commit of the second one fails, and EdgeOS keeps the rest of that
      commit.`,
      way: 'Give one of the two another listenPort, and tell the peers: their endpoint names it.',
    },
    EW111: {
      title: 'a service of the router listens on that UDP port',
      why: `OpenVPN, IPsec (500 and 4500), DNS, DHCP, NTP, SNMP and others listen on UDP ports of their own. Whichever starts
      last fails, and after a reboot that may be the other one. Services on TCP are never in the way of WireGuard.`,
      way: 'Take another listenPort. WireGuard has no port that it must have.',
    },
    EW112: {
      title: 'NAT sends the packets of that port elsewhere',
      why: `Destination NAT and port-forward change a packet before any ruleset sees it. A range that includes the listen port
      takes the tunnel's packets along, and WireGuard never gets one.`,
      way: `Take a listenPort outside the range, narrow the range, or put a NAT rule with exclude before it.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const holders = holdersByPort(after);
    const nats = after.wan(4).map(uplink => ({ uplink, nat: natOf(after.tree, uplink.iface) }));
    return input.site.tunnels.flatMap(tunnel => {
      const port = listenPort(after, tunnel);
      if (port === undefined) return [];
      const at = tunnel.listenPort === undefined ? tunnel.at : [...tunnel.at, 'listenPort'];
      const others = (holders.get(port) ?? []).filter(({ name }) => name !== tunnel.name);
      return [
        ...others.map(({ code, name, path, hint }) =>
          finding(input, at, {
            code,
            severity: 'error',
            message: `${tunnel.name}: port ${port} is taken by ${name}`,
            hint,
            running: onRouter(input, path),
          }),
        ),
        ...nats.flatMap(({ uplink, nat }) => translated(input, { tunnel, port, at }, uplink, nat)),
      ];
    });
  },
};

/** Who listens on a UDP port, and the node that says so. */
interface Holder {
  readonly code: string;
  readonly name: string;
  readonly path: Path;
  readonly hint: string;
}

function holdersByPort(side: Side): Map<number, Holder[]> {
  const holders = new Map<number, Holder[]>();
  const add = (port: number, holder: Holder): void => {
    const there = holders.get(port);
    if (there === undefined) holders.set(port, [holder]);
    else there.push(holder);
  };
  for (const name of tunnelKind.names(side.tree)) {
    const port = tunnelKind.value(side.tree, 'listenPort', name);
    const hint = 'give one of the two another listenPort';
    if (port !== undefined)
      add(Number(port), { code: 'EW110', name, path: [...tunnelKind.leaf('listenPort', name), port], hint });
  }
  for (const { name, port, path } of udpServices(side.tree, side.ifaces))
    add(port, {
      code: 'EW111',
      name,
      path,
      hint: 'take another listenPort; WireGuard has no port of its own',
    });
  return holders;
}

/** What NAT does to new connections on an interface that faces the internet. */
function translated(
  input: CheckInput,
  { tunnel, port, at }: { tunnel: Tunnel; port: number; at: SitePath },
  { iface, own }: Uplink,
  nat: Ruleset,
): Finding[] {
  const parts = ask(nat, newUdp(sourcesOf(tunnel, 4), only(port), own));
  const passed = passage(parts);
  if (passed === 'all') return [];
  const takers = parts.filter(part => passes(part) !== 'yes').flatMap(part => [ruleOf(part), ...part.doubts]);
  const numbers = new Set(takers.flatMap(rule => (rule?.action === 'drop' ? [rule.number] : [])));
  const names = [...numbers].map(natRuleName);
  const what = passed === 'none' ? 'sends' : passed === 'some' ? 'sends some of' : 'may send';
  const found = finding(input, at, {
    code: 'EW112',
    severity: passed === 'maybe' ? 'warning' : 'error',
    message: `${tunnel.name}: ${names.join(' and ')} ${what} what comes to UDP port ${port} at ${iface.name} elsewhere, before WireGuard sees it`,
    hint: 'take a listenPort outside the range that is forwarded, or narrow that rule',
    running: onRouter(input, names[0]?.split(' ') ?? []),
  });
  return [found];
}
