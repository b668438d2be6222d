// EW154, EW157: the two styles of the DNS forwarder: a list of interfaces, or a list of exceptions. One entry more or less can change
// where it listens altogether (docs/edgeos.md 'DNS forwarding').
import { exceptInterface, forwarding, listenOn } from '../../objects/dns.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { has, type Tree } from '../../vyatta/tree.ts';
import { finding, onRouter } from '../view.ts';

/** Interfaces, all but some, or all. */
type Style = 'named' | 'excepted' | 'everywhere';

const styleOf = (tree: Tree): Style =>
  listenOn.names(tree).length > 0
    ? 'named'
    : exceptInterface.names(tree).length > 0
      ? 'excepted'
      : 'everywhere';

const tells: Record<Style, string> = {
  named: 'listens on the interfaces that it names',
  excepted: 'listens on all but those that it names',
  everywhere: 'listens on every interface',
};

export const dnsStyles: Check = {
  explanations: {
    EW154: {
      title: 'the DNS forwarder has the other style',
      why: `The forwarder either listens on the interfaces of listen-on, or on all but those of except-interface, or, with neither, on all. The
        first listen-on of a router without one would take DNS from every network at home; an exception beside listen-on says nothing
        new. What the router makes of both at once is not known.`,
      way: `Where the router has except-interface, a tunnel is listened on unless it is listed: leave listenOn out, and name under
        exceptInterface those that shall not ask. Where it has listen-on, name the tunnels under listenOn.`,
    },
    EW157: {
      title: 'the DNS forwarder would listen everywhere',
      why: `The plan takes its last listen-on away. Without one it listens on every interface, that of the provider included: whoever gets past
        the firewall there can use it, and have it answer others.`,
      way: 'Put another interface on the list first: set service dns forwarding listen-on switch0. Or keep the tunnel there.',
    },
  },
  find(input) {
    const [before, after] = [styleOf(input.running), styleOf(input.after)];
    if (!has(input.running, forwarding)) return [];
    if (before === 'named' && after === 'everywhere') return [lastGoes(input)];
    const { dns } = input.site;
    const [said] = dns === undefined ? [] : saidOf(dns);
    if (said === undefined || before === said.style) return [];
    // the first exception of a forwarder that listens everywhere takes nothing from anybody else
    if (before === 'everywhere' && said.style === 'excepted') return [];
    return [
      finding(input, said.at, {
        code: 'EW154',
        severity: 'error',
        message: `the router's DNS forwarder ${tells[before]}, and the file wants ${said.node} ${said.name}`,
        hint:
          before === 'named'
            ? 'use listenOn: with it a tunnel that is not named is not listened on'
            : `leave listenOn out: it ${before === 'everywhere' ? 'listens there already' : 'listens on every tunnel that exceptInterface does not name'}`,
        running: onRouter(input, forwarding),
      }),
    ];
  },
};

/** What the file says, if it says anything: the rules of the file let only one style through. */
function saidOf(
  dns: NonNullable<CheckInput['site']['dns']>,
): { style: Style; node: string | undefined; name: string; at: SitePath }[] {
  return [
    ...dns.listenOn.map(name => ({
      style: 'named' as const,
      node: listenOn.tag().at(-1),
      name,
      at: [...dns.at, 'listenOn'],
    })),
    ...dns.exceptInterface.map(name => ({
      style: 'excepted' as const,
      node: exceptInterface.tag().at(-1),
      name,
      at: [...dns.at, 'exceptInterface'],
    })),
  ];
}

function lastGoes(input: CheckInput): Finding {
  const [name = ''] = listenOn.names(input.running);
  return finding(input, input.site.dns?.at ?? input.site.manages.at, {
    code: 'EW157',
    severity: 'error',
    message: `the last listen-on of the DNS forwarder (${listenOn.names(input.running).join(', ')}) goes: it would listen on every interface`,
    hint: 'put another interface of the router on its list first, or keep this one',
    running: onRouter(input, listenOn.path(name)),
  });
}
