// EW427: an end that nobody can begin towards, behind a NAT that isn't ours: the other end must not try, and this one must begin and go on speaking, since the NAT forgets a
// tunnel that is silent.
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { pairsOf, twoSided } from './both.ts';

/** RFC 4787 section 4.3: a NAT keeps a UDP mapping for two minutes at least, though many keep less; WireGuard's own advice is 25 seconds. */
const longestPause = 120;

export const unreachableEnds: Check = {
  explanations: {
    EW427: {
      title: 'an end behind a NAT is not the one that begins, or falls silent',
      why: `Behind carrier-grade NAT nothing comes in that wasn't asked for: the other end can't begin, whatever port is open here. This end must know where the other is, and
        must send something before the NAT forgets the mapping: after that the other end reaches nothing any more.`,
      way: "Give the end behind the NAT an endpoint and a persistentKeepalive of 25, and take the other end's endpoint for it away.",
    },
  },
  find(input) {
    const { uplink, cluster, tunnels } = input.site;
    const told: Finding[] = [];
    const tell = (
      severity: 'error' | 'warning',
      at: SitePath,
      other: SitePath,
      message: string,
      hint: string,
    ) =>
      told.push(twoSided(input, { router: at, cluster: other }, { code: 'EW427', severity, message, hint }));
    const declared = ['uplink', 'reachable'];
    if (uplink.reachable === false) {
      if (cluster?.routerEndpoint !== undefined)
        tell(
          'error',
          ['cluster', 'routerEndpoint'],
          declared,
          `the nodes would begin at ${cluster.routerEndpoint}, and nobody can begin towards the router`,
          'take routerEndpoint out: the router begins',
        );
      for (const tunnel of tunnels)
        for (const peer of tunnel.disable ? [] : tunnel.peers) {
          if (peer.disable) continue;
          const { persistentKeepalive: pause } = peer;
          if (peer.endpoint === undefined)
            tell(
              'error',
              peer.at,
              declared,
              `${tunnel.name}: nobody can begin towards the router, and it doesn't know where ${peer.name} is`,
              `give ${peer.name} an endpoint, or let both meet at a server that is reachable`,
            );
          else if (pause === undefined || pause > longestPause)
            tell(
              'warning',
              peer.at,
              declared,
              `${tunnel.name}: the router is behind a NAT and ${pause === undefined ? 'sends nothing by itself' : `speaks every ${pause} s only`}: after a pause ${peer.name} no longer reaches home`,
              `give ${peer.name} a persistentKeepalive of 25`,
            );
        }
    }
    for (const { node, peer, tunnel, cluster: ends } of pairsOf(input)) {
      if (node.reachable !== false) continue;
      const at = [...node.at, 'reachable'];
      if (peer.endpoint !== undefined || node.endpoint !== undefined)
        tell(
          'error',
          peer.endpoint === undefined ? [...node.at, 'endpoint'] : [...peer.at, 'endpoint'],
          at,
          `${tunnel.name}: the router would begin towards ${node.name}, which nobody can begin towards`,
          `take the endpoint of ${node.name} out, on both sides`,
        );
      if (ends.routerEndpoint === undefined)
        tell(
          'error',
          node.at,
          at,
          `${tunnel.name}: ${node.name} must begin, and doesn't know where the router is`,
          'add cluster.routerEndpoint',
        );
      if ((node.persistentKeepalive ?? 25) > longestPause)
        tell(
          'warning',
          [...node.at, 'persistentKeepalive'],
          at,
          `${tunnel.name}: ${node.name} is behind a NAT and speaks every ${node.persistentKeepalive} s only: after a pause home no longer reaches it`,
          'leave persistentKeepalive out: it is 25 where the node begins',
        );
    }
    return told;
  },
};
