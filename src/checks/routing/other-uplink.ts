// EW219: a router with several lines to the internet answers by one of them, whichever a peer has called.
import { stagesToRouter } from '../../model/firewall/attached.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { anywhere, newUdp } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import { passage } from '../../model/firewall/verdict.ts';
import { familyName } from '../../model/firewall/words.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import { type Family, parsePrefix } from '../../wireguard/prefix.ts';
import { listenPort } from '../firewall/need.ts';
import { families, finding, type Side, viewOf } from '../view.ts';
import { listed, livingTunnels, tellEntry } from './routes.ts';

export const otherUplink: Check = {
  explanations: {
    EW219: {
      title: 'who calls one line is answered by another',
      why: `A peer without an endpoint calls the router at the address of one of its lines. WireGuard's answer takes the main table,
        which knows nothing of the line by which the call came: it leaves by the default route with the other line's address as
        its source, and most providers drop such packets. The handshake then fails, or works and fails by turns where two
        default routes have one distance, or a load-balance group takes the router's own packets too (lb-local).`,
      way: `Let the peers call the line of the default route only: their endpoint is its address, and openPort opens the port there
        alone. For both lines a policy is needed that keeps answers on the line of the call, which EdgeOS has for no packets of
        its own.`,
    },
  },
  find: input =>
    livingTunnels(input)
      .filter(tunnel => tunnel.peers.some(peer => !peer.disable && peer.endpoint === undefined))
      .flatMap(tunnel => families.flatMap(family => wrongLines(input, tunnel, family))),
};

function wrongLines(input: CheckInput, tunnel: Tunnel, family: Family): Finding[] {
  const { after } = viewOf(input);
  const uplinks = after.wan(family);
  const port = listenPort(after, tunnel);
  const everything = parsePrefix(family === 4 ? '0.0.0.0/0' : '::/0');
  if (uplinks.length < 2 || port === undefined || everything === undefined) return [];
  const open = uplinks.filter(({ iface, own }) =>
    isOpen(after, family, iface.name, newUdp(anywhere(family), only(port), own)),
  );
  const used = after.routing.main.best(everything);
  const wrong = open.filter(({ iface }) => used.length > 0 && !used.every(({ out }) => out === iface.name));
  if (open.length === 0 || wrong.length === 0) return [];
  return [
    finding(input, [...tunnel.at, 'listenPort'], {
      code: 'EW219',
      severity: 'warning',
      message: `${tunnel.name}: who calls port ${port} over ${familyName(family)} at ${listed(wrong.map(({ iface }) => iface.name))} is answered by ${listed(used.map(entry => tellEntry(input, entry)))}: the answers leave by another line than the call came in, with the wrong address`,
      hint: `let the peers call the line of the default route, and open the port in its ruleset alone`,
    }),
  ];
}

function isOpen(side: Side, family: Family, name: string, question: ReturnType<typeof newUdp>): boolean {
  const iface = side.iface(name);
  if (iface === undefined) return false;
  const parts = askStages(side.firewall, stagesToRouter(side.tree, iface, family), family, question);
  return passage(parts) !== 'none';
}
