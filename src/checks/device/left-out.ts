// EW041 and EW042: what the site file leaves out and edgewg therefore leaves on the router: a peer goes on, and a port stays open.
import { peer } from '../../objects/peer.ts';
import { rule, ruleset } from '../../objects/ruleset.ts';
import { tunnel } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { families, finding, onRouter } from '../view.ts';

export const leftOut: Check = {
  explanations: {
    EW041: {
      title: 'a peer of the router is not in the file, and keeps its access',
      why: `Of an interface outside manages edgewg deletes nothing that the file merely doesn't name: somebody else may have made it.
        So a device that was taken out of the file, or was never in it, goes on as before.`,
      way: `To shut it out, list its key under absent.peers, once (edgewg peer remove does that for a peer of the file). To have it in the file,
        take it over with edgewg import --update. Where the file is to decide alone, put the interface under manages.`,
    },
    EW042: {
      title: 'a port stays open for a tunnel that is gone',
      why: `The rule has the name that edgewg gives to the rules that open a tunnel's port, and no interface listens there any more. It was
        left behind because its number isn't under manages: whatever listens on that port next is open to the internet.`,
      way: 'List its number under absent.firewallRules, once; or under manages.firewallRules, so that such rules go with their tunnels.',
    },
  },
  find: input => [...leftPeers(input), ...leftRules(input)],
};

function leftPeers(input: CheckInput): Finding[] {
  const { site, after } = input;
  return site.tunnels.flatMap(({ name, peers, at }) => {
    const named = new Set(peers.map(({ publicKey }) => publicKey));
    return peer
      .names(after, name)
      .filter(key => !named.has(key))
      .map(key => {
        const description = peer.value(after, 'description', name, key);
        const who = description === undefined ? key : `${description} (${key})`;
        return {
          ...finding(input, at, {
            code: 'EW041',
            severity: 'note',
            message: `peer ${who} of ${name} is on the router and not in the file: it keeps its access`,
            hint: `to shut it out: absent: { peers: { ${name}: [${key}] } }; to have it in the file: edgewg import --update`,
          }),
          running: onRouter(input, peer.path(name, key)),
        };
      });
  });
}

function leftRules(input: CheckInput): Finding[] {
  const { site, after } = input;
  const heard = new Set(tunnel.names(after).flatMap(name => tunnel.value(after, 'listenPort', name) ?? []));
  return families.flatMap(family => {
    const word = family === 4 ? 'ipv4' : 'ipv6';
    const name = site.uplink.rulesets[word];
    if (name === undefined || !ruleset.has(after, family, name)) return [];
    return rule.names(after, family, name).flatMap(number => {
      const [, owner] =
        /^WireGuard (wg\d+)$/.exec(rule.value(after, 'description', family, name, number) ?? '') ?? [];
      const port = rule.value(after, 'destination.port', family, name, number);
      const isOpen = rule.value(after, 'action', family, name, number) === 'accept';
      if (owner === undefined || port === undefined || !isOpen || heard.has(port)) return [];
      return {
        ...finding(input, ['uplink', 'rulesets', word], {
          code: 'EW042',
          severity: 'warning',
          message: `rule ${number} of ${name} opens UDP ${port} for ${owner}, and no interface listens there`,
          hint: `to close it: absent: { firewallRules: { ${name}: [${number}] } }`,
        }),
        running: onRouter(input, rule.path(family, name, number)),
      };
    });
  });
}
