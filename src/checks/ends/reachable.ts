// EW427: an end that nobody can begin towards, behind a NAT that isn't ours: the other end must not try, and this one must begin and go on speaking, since the NAT forgets a
// tunnel that is silent.
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Peer, SitePath, Tunnel } from '../../site/site.ts';
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
  find: input => [...routerUnreachable(input), ...nodesUnreachable(input)],
};

interface Told {
  readonly severity: 'error' | 'warning';
  readonly at: SitePath;
  /** Where the file says that nobody can begin there. */
  readonly declared: SitePath;
  readonly message: string;
  readonly hint: string;
}

const told = (input: CheckInput, { at, declared, ...more }: Told): Finding =>
  twoSided(input, { router: at, cluster: declared }, { code: 'EW427', ...more });

function routerUnreachable(input: CheckInput): Finding[] {
  const { uplink, cluster, tunnels } = input.site;
  if (uplink.reachable !== false) return [];
  const declared = ['uplink', 'reachable'];
  const peers = tunnels
    .filter(({ disable }) => !disable)
    .flatMap(tunnel => tunnel.peers.filter(({ disable }) => !disable).map(peer => ({ tunnel, peer })));
  const towardsIt: Told[] =
    cluster?.routerEndpoint === undefined
      ? []
      : [
          {
            severity: 'error',
            at: ['cluster', 'routerEndpoint'],
            declared,
            message: `the nodes would begin at ${cluster.routerEndpoint}, and nobody can begin towards the router`,
            hint: 'take routerEndpoint out: the router begins',
          },
        ];
  return [
    ...towardsIt,
    ...peers.flatMap(({ tunnel, peer }) => {
      const wrong = silentPeer(tunnel, peer);
      return wrong === undefined ? [] : { ...wrong, at: peer.at, declared };
    }),
  ].map(one => told(input, one));
}

/** What keeps the router from beginning towards a peer, and from going on. */
function silentPeer({ name }: Tunnel, peer: Peer): Omit<Told, 'at' | 'declared'> | undefined {
  const { persistentKeepalive: pause } = peer;
  if (peer.endpoint === undefined)
    return {
      severity: 'error',
      message: `${name}: nobody can begin towards the router, and it doesn't know where ${peer.name} is`,
      hint: `give ${peer.name} an endpoint, or let both meet at a server that is reachable`,
    };
  if (pause !== undefined && pause <= longestPause) return undefined;
  return {
    severity: 'warning',
    message: `${name}: the router is behind a NAT and ${pause === undefined ? 'sends nothing by itself' : `speaks every ${pause} s only`}: after a pause ${peer.name} no longer reaches home`,
    hint: `give ${peer.name} a persistentKeepalive of 25`,
  };
}

function nodesUnreachable(input: CheckInput): Finding[] {
  return pairsOf(input)
    .filter(({ node }) => node.reachable === false)
    .flatMap(({ node, peer, tunnel, cluster: ends }) => {
      const declared = [...node.at, 'reachable'];
      const all: (Told | false)[] = [
        (peer.endpoint !== undefined || node.endpoint !== undefined) && {
          severity: 'error',
          at: peer.endpoint === undefined ? [...node.at, 'endpoint'] : [...peer.at, 'endpoint'],
          declared,
          message: `${tunnel.name}: the router would begin towards ${node.name}, which nobody can begin towards`,
          hint: `take the endpoint of ${node.name} out, on both sides`,
        },
        ends.routerEndpoint === undefined && {
          severity: 'error',
          at: node.at,
          declared,
          message: `${tunnel.name}: ${node.name} must begin, and doesn't know where the router is`,
          hint: 'add cluster.routerEndpoint',
        },
        (node.persistentKeepalive ?? 25) > longestPause && {
          severity: 'warning',
          at: [...node.at, 'persistentKeepalive'],
          declared,
          message: `${tunnel.name}: ${node.name} is behind a NAT and speaks every ${node.persistentKeepalive} s only: after a pause home no longer reaches it`,
          hint: 'leave persistentKeepalive out: it is 25 where the node begins',
        },
      ];
      return all.filter(one => one !== false).map(one => told(input, one));
    });
}
