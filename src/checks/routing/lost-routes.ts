// EW240 and EW241: routes that `route-allowed-ips true` had put into the kernel and that a plan takes away: by switching it off, or by
// taking the interface down and up, after which nothing makes them again (docs/edgeos.md 'route-allowed-ips', 'Running tunnels').

import type { Entry } from '../../model/routing/entry.ts';
import { allowedIPs } from '../../model/routing/interfaces.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check } from '../../plan/types/check.ts';
import { type Path, value } from '../../vyatta/tree.ts';
import { printPrefix } from '../../wireguard/prefix.ts';
import { routeEdit, siteFix } from '../fix.ts';
import { finding, onRouter, type Side, viewOf } from '../view.ts';
import { listed } from './routes.ts';

const leaf = (name: string): Path => tunnelKind.leaf('routeAllowedIPs', name);

const allowedOf = (side: Side, name: string): Entry[] => {
  const iface = side.iface(name);
  return iface === undefined ? [] : allowedIPs(iface);
};

/** The routes that the leaf makes on an interface, or would. */
function made(side: Side, name: string): Entry[] {
  const isOn = side.iface(name)?.disabled === false && value(side.tree, leaf(name)) !== 'false';
  return isOn ? allowedOf(side, name) : [];
}

/** Prefixes that go on through the interface without them: by static routes, a network of its own, or BGP. */
function isCarried(side: Side, name: string, { prefix }: Entry): boolean {
  const { main, announced } = side.routing;
  const best = main
    .covering(prefix)
    .flat()
    .find(entry => entry.origin !== 'allowedIPs');
  if (best?.out === name) return true;
  return announced.some(
    one => !one.isOpen && one.out === name && printPrefix(one.prefix) === printPrefix(prefix),
  );
}

export const allowedRoutesOff: Check = {
  explanations: {
    EW240: {
      title: 'routes vanish with route-allowed-ips',
      why: `route-allowed-ips true, which is the package's default, had put a route into the kernel for every allowed IP. False takes
      them out again. A prefix without a route of its own through the interface then goes by the default route, in clear.`,
      way: `Add the prefixes that the finding names to the tunnel's routes; the plan then sets them before the others go. Or keep
      routeAllowedIPs: true on that tunnel.`,
    },
  },
  find(input) {
    const { before, after } = viewOf(input);
    return input.site.tunnels.flatMap(tunnel => {
      const { name } = tunnel;
      if (value(after.tree, leaf(name)) !== 'false' || after.iface(name)?.disabled !== false) return [];
      const still = new Set(allowedOf(after, name).map(({ prefix }) => printPrefix(prefix)));
      const lost = made(before, name).filter(
        entry => still.has(printPrefix(entry.prefix)) && !isCarried(after, name, entry),
      );
      if (lost.length === 0) return [];
      const lines = lost.map(({ prefix }) => `${quoted(printPrefix(prefix))}: ${name}`);
      return finding(input, [...tunnel.at, 'routeAllowedIPs'], {
        code: 'EW240',
        severity: 'error',
        message: `${name}: route-allowed-ips goes from true to false, and with it the ${lost.length === 1 ? 'route' : 'routes'} to ${listed(lost.map(({ prefix }) => printPrefix(prefix)))}`,
        hint: `add under routes of ${name}: ${lines.join(', ')}; or say routeAllowedIPs: true`,
        ...siteFix(...lost.map(({ prefix }) => routeEdit(input.site, tunnel, printPrefix(prefix)))),
        running: onRouter(input, [...leaf(name), 'true']),
      });
    });
  },
};

/** YAML takes a key with a colon and a blank behind it for a map; an IPv6 prefix has none, but reads better in quotes. */
const quoted = (prefix: string): string => (prefix.includes(':') ? `"${prefix}"` : prefix);

export const flappedRoutes: Check = {
  explanations: {
    EW241: {
      title: 'an interface goes down and up, and loses routes',
      why: `Attaching or detaching a ruleset, and disable, take a WireGuard interface down and up again (with package releases up to
      1.0.20210219-1 every change does). The kernel then drops the routes that route-allowed-ips had made, and nothing makes
      them again: the scripts do so only when allowed IPs change. IPv6 addresses are lost as well; those the apply adds again.`,
      way: `routeAllowedIPs: false with explicit routes: the routing daemon puts those back by itself. Otherwise set the ruleset in
      the commit that creates the interface.`,
    },
  },
  find(input) {
    const { after } = viewOf(input);
    return input.impacts.flatMap(({ tunnel: name, effect }) => {
      if (effect !== 'flaps') return [];
      const lost = made(after, name).filter(entry => !isCarried(after, name, entry));
      const tunnel = input.site.tunnels.find(one => one.name === name);
      if (lost.length === 0 || tunnel === undefined) return [];
      return finding(input, tunnel.at, {
        code: 'EW241',
        severity: 'warning',
        message: `${name} goes down and up, and loses the routes of route-allowed-ips to ${listed(lost.map(({ prefix }) => printPrefix(prefix)))} until its allowed IPs change or the router boots`,
        hint: 'say routeAllowedIPs: false, and name the prefixes under routes: those come back by themselves',
        ...siteFix(
          { path: [...tunnel.at, 'routeAllowedIPs'], value: false },
          ...lost.map(({ prefix }) => routeEdit(input.site, tunnel, printPrefix(prefix))),
        ),
        running: onRouter(input, leaf(name)),
      });
    });
  },
};
