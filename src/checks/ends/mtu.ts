// EW410, EW411: both ends of a tunnel need one MTU, and the pods' packets must fit or be made to.

import type { CheckInput } from '../../plan/types/check.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import { value } from '../../vyatta/tree.ts';
import { segmentSize } from '../../wireguard/mtu.ts';
import { type Pair, pairsOf, twoSided } from './both.ts';

/** After the plan; the package's default is 1420. */
const routerMtu = ({ after }: CheckInput, { tunnel }: Pair): number =>
  Number(value(after, ['interfaces', 'wireguard', tunnel.name, 'mtu']) ?? 1420);

export function sameMtu(input: CheckInput): Diagnostic[] {
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
}

export function podsMtu(input: CheckInput): Diagnostic[] {
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
}
