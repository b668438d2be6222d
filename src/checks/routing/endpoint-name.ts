// EW305: endpoints by name. The router resolves a name once, when it commits or boots; where that fails at boot the endpoint
// is gone from the running configuration, and the next save makes it last (docs/edgeos.md 'Endpoints').
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { finding } from '../view.ts';

export const endpointNames: Check = {
  explanations: {
    EW305: {
      title: 'an endpoint is a name',
      why: `The router gives the name to wg once, at commit and at boot, and never again. While it boots the line is often not up
      yet: wg tries for about 70 seconds, the commit of the endpoint fails, and the running configuration has no endpoint any
      more. Whoever saves then has lost it. A dynamic address that changes isn't noticed either.`,
      way: `An address that stays needs no name. Where it must be a name: let the other end begin (an endpoint and
      persistentKeepalive there), or check after each boot: edgewg status --json shows it, edgewg doctor --heal puts back what was lost.`,
    },
  },
  find: input =>
    input.site.tunnels.flatMap(tunnel =>
      tunnel.peers.flatMap((peer): Finding[] => {
        if (tunnel.disable || peer.disable || peer.endpoint === undefined) return [];
        const { host, family } = peer.endpoint;
        if (family !== undefined) return [];
        const found = finding(input, [...peer.at, 'endpoint'], {
          code: 'EW305',
          severity: 'warning',
          message: `${tunnel.name}: the endpoint of ${peer.name} is a name, ${host}: when it doesn't resolve while the router boots, the endpoint is gone, and the next save makes that last`,
          hint: 'take an address; or have `edgewg status` run after a boot and daily, and heal what it finds with edgewg doctor --heal',
        });
        return [found];
      }),
    ),
};
