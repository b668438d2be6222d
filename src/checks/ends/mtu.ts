// EW410, EW411: both ends of a tunnel need one MTU, and the pods' packets must fit or be made to.

import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import { segmentSize } from '../../wireguard/mtu.ts';
import { type Pair, pairsOf, twoSided } from './both.ts';

/** After the plan; the package's default is 1420. */
const routerMtu = ({ after }: CheckInput, { tunnel }: Pair): number =>
  Number(tunnelKind.value(after, 'mtu', tunnel.name) ?? 1420);

export const sameMtu: Check = {
  explanations: {
    EW410: {
      title: 'the two ends have different MTUs',
      ignorable: true,
      why: `Each end sends packets up to its own MTU. The larger ones of one side arrive, but what goes back on a path of the other size
      needs fragments or ICMP, and some firewall in between drops both.`,
      way: 'Leave mtu out on the node: it is then computed as for the router.',
    },
  },
  find(input) {
    return pairsOf(input).flatMap(pair => {
      const { tunnel, node } = pair;
      const there = node.mtu;
      const here = routerMtu(input, pair);
      if (there === undefined || there === here) return [];
      return twoSided(
        input,
        { router: [...tunnel.at, 'mtu'], cluster: [...node.at, 'mtu'] },
        {
          code: 'EW410',
          severity: 'error',
          message: `${tunnel.name}: the router's end has MTU ${here}, ${node.name}'s has ${there}: packets of a size that one sends don't fit the other's way back`,
          hint: `leave mtu out on the node: it is then that of the router's end`,
        },
      );
    });
  },
};

export const podsMtu: Check = {
  explanations: {
    EW411: {
      title: "pods' packets are larger than the tunnel, and nothing clamps TCP",
      ignorable: true,
      why: `The pods' MTU comes from the CNI. With a clamp on both sides TCP agrees on segments that fit the tunnel. Without
      it a connection begins and then hangs with the first full packet.`,
      way: "Let mssClamp be auto, or lower the CNI's MTU.",
    },
  },
  find(input) {
    return pairsOf(input).flatMap(pair => {
      const { tunnel, cluster } = pair;
      const mtu = routerMtu(input, pair);
      const pods = cluster.cni.mtu;
      if (pods === undefined || pods <= mtu) return [];
      const off = (['ipv4', 'ipv6'] as const).filter(name => {
        const clamp = input.site.mssClamp[name];
        return (
          clamp === 'off' || (typeof clamp === 'number' && clamp > segmentSize(mtu, name === 'ipv4' ? 4 : 6))
        );
      });
      if (off.length === 0) return [];
      return twoSided(
        input,
        { router: ['mssClamp', off[0] ?? 'ipv4'], cluster: [...cluster.cni.at, 'mtu'] },
        {
          code: 'EW411',
          severity: 'warning',
          message: `${tunnel.name}: pods send packets of ${pods} bytes, the tunnel carries ${mtu}, and nothing clamps TCP over ${off.join(' and ')} to that`,
          hint: `let mssClamp be auto, or give the pods an MTU of at most ${mtu}`,
        },
      );
    });
  },
};
