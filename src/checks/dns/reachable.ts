// EW155, EW156: whoever asks the router for DNS out of a tunnel must be listened to, and let in.
import { stagesToRouter } from '../../model/firewall/attached.ts';
import { states } from '../../model/firewall/packets.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { ownAddresses } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import { passage, passes } from '../../model/firewall/verdict.ts';
import { tellParts } from '../../model/firewall/words.ts';
import { doesListen } from '../../objects/dns.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { NatRule, SitePath } from '../../site/site.ts';
import { addressesOf, isWireguard } from '../../vyatta/interfaces.ts';
import { parseAddress, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { families, finding, viewOf } from '../view.ts';

const port = 53;
const protocols = [
  { name: 'UDP', number: 17 },
  { name: 'TCP', number: 6 },
] as const;

export const dnsReachable: Check = {
  explanations: {
    EW155: {
      title: "DNS is sent to the router, and it doesn't listen there",
      ignorable: true,
      why: `The forwarder looks at the interface that a question comes in by, not only at its address: what comes out of a tunnel that isn't on
        its list gets no answer, also where NAT sends it to the router's address at home. Names stop resolving, while addresses work.`,
      way: 'Name the tunnel under dns.listenOn; or send the questions to a server that answers them.',
    },
    EW156: {
      title: "the tunnel's local ruleset drops DNS",
      ignorable: true,
      why: `The forwarder listens on the tunnel, and the ruleset for what comes out of it to the router itself refuses port 53: the
        clients' questions time out, and names don't resolve.`,
      way: 'Accept tcp_udp to port 53 in the local ruleset of the tunnel, from the addresses of its clients.',
    },
  },
  find: input => [...input.site.nat.flatMap(rule => redirected(input, rule)), ...shut(input)],
};

/** A rule that sends DNS out of a tunnel to an address of the router. */
function redirected(input: CheckInput, rule: NatRule): Finding[] {
  const { after } = viewOf(input);
  const name = rule.inboundInterface ?? '';
  const to = parseAddress(rule.insideAddress?.address ?? '');
  const asked = rule.insideAddress?.port ?? rule.destination?.port;
  if (!isWireguard(after.iface(name)) || to === undefined || asked !== String(port)) return [];
  const isOwn = after.ifaces.some(iface =>
    addressesOf(iface).some(text => parseInterfaceAddress(text)?.address === to.address),
  );
  if (rule.disable || rule.exclude || !isOwn || doesListen(input.after, name)) return [];
  return [
    finding(input, [...rule.at, 'insideAddress'], {
      code: 'EW155',
      severity: 'error',
      message: `NAT rule ${rule.number} sends DNS out of ${name} to the router, whose forwarder doesn't listen on ${name}`,
      hint: `add dns: { listenOn: [${name}] }`,
      fix: {
        kind: 'site',
        edits: [{ path: ['dns', 'listenOn'], value: [...(input.site.dns?.listenOn ?? []), name] }],
      },
    }),
  ];
}

/** For each tunnel on the file's list. */
function shut(input: CheckInput): Finding[] {
  const { after } = viewOf(input);
  return (input.site.dns?.listenOn ?? []).flatMap((name, i) => {
    const iface = after.iface(name);
    if (iface === undefined) return [];
    const refused = families.flatMap(family => {
      const own = ownAddresses(iface, family);
      if (own.length === 0) return [];
      const stages = stagesToRouter(after.tree, iface, family);
      return protocols.flatMap(protocol => {
        const parts = askStages(after.firewall, stages, family, {
          protocol: only(protocol.number),
          state: only(states.new),
          destination: own,
          destinationPort: only(port),
        });
        if (passage(parts) !== 'none') return [];
        return [
          `${protocol.name} over IPv${family}: ${tellParts(parts.filter(part => passes(part) !== 'yes'))}`,
        ];
      });
    });
    const [first] = refused;
    if (first === undefined) return [];
    return finding(input, placeOf(input, name, i), {
      code: 'EW156',
      severity: 'warning',
      message: `${name}: the forwarder listens there, and nobody gets to port ${port}: ${refused.join('; ')}`,
      hint: `accept tcp_udp to port ${port} in the local ruleset of ${name}`,
    });
  });
}

const placeOf = ({ site }: CheckInput, name: string, i: number): SitePath => {
  const tunnel = site.tunnels.find(one => one.name === name);
  const local = tunnel?.firewall.local;
  if (tunnel === undefined || (local?.ipv4 ?? local?.ipv6) === undefined) return ['dns', 'listenOn', i];
  return [...tunnel.at, 'firewall', 'local'];
};
