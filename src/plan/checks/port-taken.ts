// EW110 to EW112: a listen port that somebody else on the router has: another WireGuard interface, a service, or NAT, which takes
// packets away before the router's own services see them.
import { natOf, natRuleName } from '../../firewall/nat.ts';
import { newUdp } from '../../firewall/port.ts';
import { only } from '../../firewall/ranges.ts';
import { ask, passage, passes, ruleOf } from '../../firewall/verdict.ts';
import type { Tunnel } from '../../site/site.ts';
import { value } from '../../vyatta/tree.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { listenPort, sourcesOf } from './need.ts';
import { udpServices } from './services.ts';
import { finding, onRouter, viewOf } from './view.ts';

export function portTaken(prospect: Prospect): Diagnostic[] {
  const { after } = viewOf(prospect);
  const services = udpServices(after.tree, after.faces);
  return prospect.site.tunnels.flatMap(tunnel => {
    const port = listenPort(after, tunnel);
    if (port === undefined) return [];
    const at = tunnel.listenPort === undefined ? tunnel.at : [...tunnel.at, 'listenPort'];
    const taken = (code: string, by: string, path: readonly string[], hint: string): Diagnostic =>
      finding(prospect, at, {
        code,
        severity: 'error',
        message: `${tunnel.name}: port ${port} is taken by ${by}`,
        hint,
        running: onRouter(prospect, path),
      });
    const others = after.faces.filter(
      face =>
        face.kind === 'wireguard' &&
        face.name !== tunnel.name &&
        Number(value(face.node, ['listen-port'])) === port,
    );
    return [
      ...others.map(face =>
        taken(
          'EW110',
          face.name,
          [...face.path, 'listen-port', String(port)],
          'give one of the two another listenPort',
        ),
      ),
      ...services
        .filter(service => service.port === port)
        .map(({ name, path }) =>
          taken('EW111', name, path, 'take another listenPort; WireGuard has no port of its own'),
        ),
      ...translated(prospect, tunnel, port, at),
    ];
  });
}

/** NAT on the interfaces that face the internet; on others only what hairpin would do to the tunnel's own port. */
function translated(prospect: Prospect, tunnel: Tunnel, port: number, at: Tunnel['at']): Diagnostic[] {
  const { after } = viewOf(prospect);
  return after.wan(4).flatMap(({ face }) => {
    const parts = ask(natOf(after.tree, face), newUdp(4, sourcesOf(tunnel, 4), only(port), face));
    const lost = passage(parts);
    if (lost === 'all') return [];
    const takers = parts
      .filter(part => passes(part) !== 'yes')
      .flatMap(part => [ruleOf(part), ...part.doubts]);
    const numbers = [
      ...new Set(
        takers.flatMap(rule => (rule === undefined || rule.action === 'accept' ? [] : [rule.number])),
      ),
    ];
    const [first = 0] = numbers;
    const how = lost === 'none' ? 'sends' : 'sends some of';
    return finding(prospect, at, {
      code: 'EW112',
      severity: lost === 'maybe' ? 'warning' : 'error',
      message: `${tunnel.name}: ${numbers.map(natRuleName).join(' and ')} ${lost === 'maybe' ? 'may send' : how} what comes to UDP port ${port} at ${face.name} elsewhere, before WireGuard sees it`,
      hint: 'take a listenPort outside the range that is forwarded, or narrow that rule',
      running: onRouter(prospect, natRuleName(first).split(' ')),
    });
  });
}
