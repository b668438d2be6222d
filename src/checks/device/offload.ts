// EW304: hardware NAT of the EdgeRouter X family, which users report to break UDP beside WireGuard (reports: Lochnair/vyatta-wireguard
// issue 98 of 2019; WireGuard/wireguard-vyatta-ubnt issues 23, with 2.0.9-hotfix.6 of 2023, and 62). Nobody has explained it.

import type { Check } from '../../plan/types/check.ts';
import { value } from '../../vyatta/tree.ts';
import { onRouter } from '../view.ts';

export const offload: Check = {
  explanations: {
    EW304: {
      title: 'hardware NAT may break UDP beside WireGuard',
      why: `Users of the EdgeRouter X report since 2019 that with hwnat and a WireGuard interface UDP connections die after a while
      and that what comes out of the tunnel crawls; switching it off cured it. See issue 98 of Lochnair/vyatta-wireguard and
      issues 23 and 62 of WireGuard/wireguard-vyatta-ubnt. No explanation is known, and not everybody sees it.`,
      way: `Leave it on as long as nothing is wrong. Otherwise: set system offload hwnat disable. The router then forwards by its
      CPU alone, which costs most of a gigabit line's speed.`,
    },
  },
  find(input) {
    const path = ['system', 'offload', 'hwnat'];
    const { site, after } = input;
    if (site.tunnels.length === 0 || value(after, path) !== 'enable') return [];
    return [
      {
        code: 'EW304',
        severity: 'note',
        message:
          'hardware NAT is on: users report that UDP connections die and tunnels get slow beside WireGuard until it is off (https://github.com/WireGuard/wireguard-vyatta-ubnt/issues/23)',
        hint: 'if that is what you see: set system offload hwnat disable; forwarding then takes the CPU',
        fix: { kind: 'router', commands: [{ op: 'set', path: [...path, 'disable'] }] },
        running: onRouter(input, path),
      },
    ];
  },
};
