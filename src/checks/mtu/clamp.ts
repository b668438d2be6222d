// EW003, EW004: the MSS clamp that the planner derived: too small for EdgeOS, or another one for those who share it.
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { ClampShared, ClampTooSmall } from '../../plan/types/observation.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { segmentSize, tellSegment } from '../../wireguard/mtu.ts';
import { siteFix } from '../fix.ts';
import { finding, onRouter } from '../view.ts';

export const clamp: Check = {
  explanations: {
    EW003: {
      title: 'the tunnel is too small for the MSS clamp of EdgeOS',
      why: `The segment size that fits the tunnel is smaller than what EdgeOS accepts for the clamp (1280 is the least for
      IPv6). The clamp is left as it is, so TCP through the tunnel has to rely on path MTU discovery, and hangs wherever
      ICMP is filtered.`,
      way: `Give the tunnel a larger MTU if the path allows it (1340 is the least with a clamp for IPv6), or accept it by
      mssClamp: { ipv6: off }.`,
    },
    EW004: {
      title: 'the MSS clamp is shared with other interfaces, and becomes smaller for them too',
      why: `EdgeOS has one MSS value per family for all interface types. The tunnels need a smaller one than, for example, the
      PPPoE line has: TCP segments on that line shrink too. Nothing breaks, it costs a few percent of overhead there.`,
      way: `Usually: let it be. Otherwise keep the old value with mssClamp: { ipv4: off } and give both ends of the tunnel a
      fitting MTU; or raise the tunnel's MTU if the path has room.`,
    },
  },
  find: input =>
    input.observed.flatMap(seen => {
      if (seen.kind === 'clamp-too-small') return tooSmall(input, seen);
      return seen.kind === 'clamp-shared' ? shared(input, seen) : [];
    }),
};

const nameOf = (family: 4 | 6): 'ipv4' | 'ipv6' => (family === 4 ? 'ipv4' : 'ipv6');

function tooSmall(
  input: CheckInput,
  { at, family, node, tunnel: [name, mtu], least }: ClampTooSmall,
): Finding {
  const mss = segmentSize(mtu, family);
  return finding(input, at, {
    code: 'EW003',
    severity: 'warning',
    message: `${name} has MTU ${mtu}, so its MSS would be ${mss} (${tellSegment(mtu, family)}), and EdgeOS takes no ${node} below ${least}: it is left as it is`,
    hint: `an MTU of at least ${least + (mtu - mss)} can be clamped; or say mssClamp: { ${nameOf(family)}: off }`,
    // what pods send relies on the clamp
    ...(input.site.cluster === undefined && siteFix({ path: ['mssClamp', nameOf(family)], value: 'off' })),
  });
}

function shared(input: CheckInput, seen: ClampShared): Finding {
  return finding(input, seen.at, {
    code: 'EW004',
    severity: 'warning',
    message: tellShared(seen),
    hint: `usually let it be; or keep ${seen.from} by mssClamp: { ${nameOf(seen.family)}: off }, and TCP through the tunnels relies on path MTU discovery`,
    running: onRouter(input, seen.path),
  });
}

/** What the other types of interfaces lose or risk, with the sums on both sides. */
function tellShared({ node, family, from, to, smallest, others }: ClampShared): string {
  const line = from - segmentSize(0, family);
  const why =
    smallest === undefined ? 'as the file says' : `${smallest[0]}: ${tellSegment(smallest[1], family)}`;
  const types = others.join(', ') || 'the other types';
  const effect =
    from < to
      ? `may grow by ${to - from} bytes, and a line of ${line} has no room for that`
      : `shrink by ${from - to} bytes, ${(((from - to) / from) * 100).toFixed(1)} %`;
  return `${node} has one value for all interface types: ${from} (${tellSegment(line, family)}) becomes ${to} (${why}), and TCP segments on ${types} ${effect}`;
}
