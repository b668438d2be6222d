// EW305: endpoints by name. The router resolves a name once, when it commits or boots; where that fails at boot the endpoint
// is gone from the running configuration, and the next save makes it last (docs/edgeos.md 'Endpoints').
import type { Check } from '../../plan/types/check.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import { finding } from '../view.ts';

export const endpointNames: Check = input =>
  input.site.tunnels.flatMap(tunnel =>
    tunnel.peers.flatMap((peer): Diagnostic[] => {
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
  );
