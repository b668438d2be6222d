// The package's routes for allowed IPs, as its script makes them: not the routing daemon's, lost with the link
// (docs/edgeos.md 'route-allowed-ips'; W update_routes.sh).
import { covers, parsePrefix } from '../../../wireguard/prefix.ts';
import { type Act, failed, fine, type Outcome } from '../action.ts';
import { valueAt } from '../config.ts';
import type { Kernel } from '../kernel.ts';

export function updateRoutes(act: Act, name: string): Outcome {
  const { kernel } = act.world;
  const link = kernel.links.get(name);
  if (link?.wg === undefined) return fine;
  const allowed = link.wg.peers.flatMap(peer => peer.allowedIps);
  const isOn = valueAt(act.working, ['interfaces', 'wireguard', name, 'route-allowed-ips']) === 'true';
  kernel.bootRoutes = kernel.bootRoutes.filter(
    route => route.device !== name || (isOn && allowed.includes(route.prefix)),
  );
  if (!isOn) return fine;
  for (const prefix of longestFirst(allowed)) {
    if (isRouted(kernel, prefix, name)) continue;
    if (!link.up) return failed('RTNETLINK answers: Network is down');
    kernel.bootRoutes.push({
      prefix,
      device: name,
      gateway: undefined,
      distance: 0,
      isBlackhole: false,
      protocol: 'boot',
      nexthop: 0,
    });
  }
  return fine;
}

function longestFirst(prefixes: readonly string[]): string[] {
  const length = (text: string): number => parsePrefix(text)?.length ?? 0;
  return [...prefixes].sort((a, b) => length(b) - length(a));
}

/** Some route that covers the prefix goes there already. The script looks for `dev wg1`, which `dev wg10` has too. */
function isRouted(kernel: Kernel, text: string, name: string): boolean {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return true;
  return kernel.routes(prefix.family).some(route => {
    const own = parsePrefix(route.prefix);
    return own !== undefined && covers(own, prefix) && (route.device?.startsWith(name) ?? false);
  });
}
