// EW440, EW441, EW442: home as the nodes see it: networks that are there, that the way back leads to, and addresses of one family.

import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import { covers, host, parseInterfaceAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { viewOf } from '../view.ts';
import { bare, pairsOf, sentBy, touches, twoSided } from './both.ts';

/** The router must have a way to what the nodes send it, other than its default route. */
export const homeIsThere: Check = {
  explanations: {
    EW440: {
      title: 'the nodes send home what is not there',
      ignorable: true,
      why: `homeNetworks are routes on the nodes and allowed IPs of the router. The router has no network and no route to one of
      them, so its packets would go out by the default route.`,
      way: 'Write the networks that are behind the router, as its interfaces have them.',
    },
  },
  find(input) {
    const { cluster, tunnels } = input.site;
    if (cluster === undefined) return [];
    const { main } = viewOf(input).after.routing;
    return cluster.homeNetworks.flatMap((text, i): Finding[] => {
      const prefix = parsePrefix(text);
      if (prefix === undefined) return [];
      const lists = [main.at(prefix), ...main.covering(prefix), main.inside(prefix)];
      const ways = lists.flatMap(list => list ?? []).filter(entry => entry.prefix.length > 0);
      if (ways.length > 0) return [];
      return [
        twoSided(
          input,
          { router: tunnels[0]?.at ?? ['router'], cluster: ['cluster', 'homeNetworks', i] },
          {
            code: 'EW440',
            severity: 'error',
            message: `the nodes send ${text} into their tunnels, and the router has no network and no route there: it would go out to the internet`,
            hint: 'write the networks that are behind the router',
          },
        ),
      ];
    });
  },
};

/** What the rulesets let the cluster reach at home must be sent there by the nodes, or no answer comes back. */
export const homeIsSent: Check = {
  explanations: {
    EW441: {
      title: 'a rule lets the cluster reach what its nodes do not send home',
      ignorable: true,
      why: `The ruleset of the tunnel accepts a destination that is in none of homeNetworks: pods that ask for it send their packets
      to the internet, where they get lost. Or it accepts a source that no node behind it has: a slip, or a leftover.`,
      way: 'Add the network to homeNetworks, write what the nodes have, or take the rule out.',
    },
  },
  find(input) {
    const { cluster } = input.site;
    if (cluster === undefined) return [];
    const attached = new Set(
      pairsOf(input).flatMap(({ tunnel }) => [tunnel.firewall.in.ipv4, tunnel.firewall.in.ipv6]),
    );
    return input.site.rulesets
      .filter(ruleset => attached.has(ruleset.name))
      .flatMap(ruleset =>
        ruleset.rules.flatMap((rule): Finding[] => {
          const to = rule.destination?.address;
          if (rule.action !== 'accept' || rule.disable || to === undefined || /[!-]/.test(to)) return [];
          if (cluster.homeNetworks.some(home => touches(home, to))) return [];
          return [
            twoSided(
              input,
              { router: [...rule.at, 'destination', 'address'], cluster: ['cluster', 'homeNetworks'] },
              {
                code: 'EW441',
                severity: 'warning',
                message: `rule ${rule.number} of ${ruleset.name} lets the cluster reach ${to}, which no node sends into its tunnel`,
                hint: `add its network to cluster.homeNetworks, or take the rule out`,
              },
            ),
          ];
        }),
      );
  },
};

/** The other way round: what the rulesets of the nodes' tunnels let in must be a node's, or the rule is for nobody. */
export const sourceIsANodes: Check = {
  explanations: {},
  find(input) {
    const { tunnels, rulesets } = input.site;
    const pairs = pairsOf(input);
    const rulesetsOf = ({ firewall }: Tunnel): (string | undefined)[] =>
      [firewall.in, firewall.local].flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]);
    const isNodes = (tunnel: Tunnel): boolean =>
      tunnel.peers.length === 1 && pairs.some(pair => pair.tunnel === tunnel);
    return rulesets.flatMap(ruleset => {
      const users = tunnels.filter(tunnel => rulesetsOf(tunnel).includes(ruleset.name));
      if (users.length === 0 || !users.every(isNodes)) return [];
      const sent = pairs.filter(({ tunnel }) => users.includes(tunnel)).flatMap(sentBy);
      return ruleset.rules.flatMap((rule): Finding[] => {
        const from = rule.source?.address;
        if (rule.action !== 'accept' || rule.disable || from === undefined || /[!-]/.test(from)) return [];
        if (sent.some(({ prefix }) => touches(prefix, from))) return [];
        return [
          twoSided(
            input,
            { router: [...rule.at, 'source', 'address'], cluster: ['cluster', 'nodes'] },
            {
              code: 'EW441',
              severity: 'warning',
              message: `rule ${rule.number} of ${ruleset.name} lets in ${from}, which no node behind it has`,
              hint: `write what the node has, or take the rule out`,
            },
          ),
        ];
      });
    });
  },
};

/** A length other than /32 or /128 makes a route of the node's address: all of its network goes into the tunnel. */
export const nodeIsAlone: Check = {
  explanations: {
    EW442: {
      title: 'both ends claim the same addresses, or have none of one family',
      ignorable: true,
      why: `A node that has a prefix itself never sends it home, and the router never sends its own network into a tunnel. A node whose
      own address has a length below /32 or /128 sends that network home as a whole, with what others have in it. And two ends without a
      common family have nothing to say to each other.`,
      way: 'Renumber one of them.',
    },
  },
  find(input) {
    const { tunnels } = input.site;
    return pairsOf(input).flatMap(({ tunnel, node }) =>
      node.address.flatMap((text, i): Finding[] => {
        const others = [
          ...pairsOf(input).flatMap(other =>
            other.node.name === node.name
              ? []
              : other.node.address.map((theirs, k) => ({
                  theirs,
                  whose: `${other.node.name}'s`,
                  at: [...other.node.at, 'address', k],
                })),
          ),
          ...tunnels
            .filter(other => other.name !== tunnel.name)
            .flatMap(other =>
              other.address.map((theirs, k) => ({
                theirs,
                whose: `the router's in ${other.name}`,
                at: [...other.at, 'address', k],
              })),
            ),
        ];
        const other = others.find(({ theirs }) => isInNetwork(text, theirs));
        if (other === undefined) return [];
        return [
          twoSided(
            input,
            { router: other.at, cluster: [...node.at, 'address', i] },
            {
              code: 'EW442',
              severity: 'error',
              message: `${text} makes ${node.name} send its whole network into ${tunnel.name}, and ${other.theirs} there is ${other.whose}`,
              hint: `write ${bare(text)}/${text.includes(':') ? 128 : 32}`,
            },
          ),
        ];
      }),
    );
  },
};

function isInNetwork(network: string, address: string): boolean {
  const [own, other] = [parseInterfaceAddress(network), parseInterfaceAddress(address)];
  if (own === undefined || other === undefined) return false;
  return covers(own, host(other.family, other.address));
}

/** Home and cluster must not claim the same addresses, and both ends of a tunnel must share a family. */
export const noCommonAddresses: Check = {
  explanations: {},
  find(input) {
    return pairsOf(input).flatMap(pair => {
      const { tunnel, node, cluster } = pair;
      const told: Finding[] = cluster.homeNetworks.flatMap((home, i) =>
        sentBy(pair)
          .filter(({ prefix }) => touches(home, prefix))
          .map(({ prefix, what, at }) =>
            twoSided(
              input,
              { router: ['cluster', 'homeNetworks', i], cluster: at },
              {
                code: 'EW442',
                severity: 'error',
                message: `${prefix}, ${what}, and ${home} at home are the same addresses: neither end can reach both`,
                hint: 'renumber one of them',
              },
            ),
          ),
      );
      const own = new Set(tunnel.address);
      const same = node.address.findIndex(text => own.has(text));
      if (same !== -1)
        told.push(
          twoSided(
            input,
            { router: [...tunnel.at, 'address'], cluster: [...node.at, 'address', same] },
            {
              code: 'EW442',
              severity: 'error',
              message: `${tunnel.name}: both ends have ${node.address[same]}`,
              hint: 'each end has an address of its own',
            },
          ),
        );
      const families = (list: readonly string[]): string[] =>
        list.map(text => (text.includes(':') ? 'IPv6' : 'IPv4'));
      const here = families(tunnel.address);
      if (
        tunnel.address.length > 0 &&
        node.address.length > 0 &&
        !families(node.address).some(f => here.includes(f))
      )
        told.push(
          twoSided(
            input,
            { router: [...tunnel.at, 'address'], cluster: [...node.at, 'address'] },
            {
              code: 'EW442',
              severity: 'error',
              message: `${tunnel.name}: the router has only ${here[0]} in the tunnel, ${node.name} only ${families(node.address)[0]}`,
              hint: 'give both ends an address of the same family',
            },
          ),
        );
      return told;
    });
  },
};
