// EW250 to EW253: clients that can't be sent through their tunnel: who they are, the numbers they need, another tunnel that has them,
// and their IPv6.
import { forwarding } from '../../objects/dns.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { ClientObservation } from '../../plan/types/observation.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { has } from '../../vyatta/tree.ts';
import { finding, lineOf, onRouter } from '../view.ts';

type Seen = ClientObservation['seen'];
type Told = Pick<Finding, 'code' | 'message' | 'hint' | 'running' | 'other'> &
  Partial<Pick<Finding, 'severity'>>;

export const clients: Check = {
  explanations: {
    EW250: {
      title: "clients of a tunnel can't be found",
      why: `A rule sends clients into the tunnel at the interface by which their packets come in. The file names an interface, a group or
        an address for which the router has no such place, or a group without members; or the router itself, whose own packets come in nowhere and are routed
        before any rule sees them.`,
      way: `Name an interface inside as the router calls it (eth1, switch0, switch0.40), a group that is there, or an address of a
        network at home. The message says which there are. Give a group a member; where a program fills it, one is enough.`,
    },
    EW251: {
      title: 'the rule or table that clients need has no number',
      why: `The first rule of a modify ruleset that takes a packet decides, so the rule of a client must stand before every rule that would
        send its packets elsewhere, such as the last one of a load balancing. Rules and tables that somebody else made
        are never overwritten.`,
      way: `Take another number for \`rule\` or \`table\`, or leave it out: edgewg takes the next that is free and right. Where none is,
        renumber the rules on the router.`,
    },
    EW252: {
      title: 'two tunnels for the same clients',
      why: `Of two rules that take the same packets the one with the smaller number decides. Without numbers in the file it would be chance
        which tunnel the clients take.`,
      way: `Take the clients out of one of the two, or give both a \`rule\` number: the smaller comes first.`,
    },
    EW253: {
      title: "these clients' IPv6 leaves by the WAN",
      why: `EdgeOS sends IPv4 alone by a table of its own: for ipv6-modify it makes a mark, and no rule that looks at it (docs/edgeos.md
        'Policy routing'). So IPv6 can be dropped or let go, and clients that are known by an IPv4 address have IPv6 addresses
        that nobody knows. What they send by IPv6 would leave in clear while their IPv4 is in the tunnel.`,
      way: `Give such clients a VLAN of their own and name that: { interface: switch0.40 }, whose IPv6 is dropped as a whole. Or take IPv6
        off the interface. Or say that it may: ipv6: wan.`,
    },
  },
  find(input) {
    const found = input.observed.flatMap(seen => {
      if (seen.kind !== 'clients') return [];
      const who = seen.client === undefined ? seen.tunnel : `${seen.client} of ${seen.tunnel}`;
      return finding(input, seen.at, { severity: 'error', ...told(input, who, seen.seen) });
    });
    // each of one's own networks needs a number, and misses it for the same reason
    return found.filter((one, i) => found.findIndex(({ message }) => message === one.message) === i);
  },
};

const list = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));

function told(input: CheckInput, who: string, seen: Seen): Told {
  return nowhere(input, who, seen) ?? numbers(input, who, seen) ?? among(input, who, seen);
}

function nowhere(input: CheckInput, who: string, seen: Seen): Told | undefined {
  switch (seen.what) {
    case 'no interface':
      return {
        code: 'EW250',
        message: `${who}: the router has no interface ${seen.name}`,
        hint: `name one by which clients come in: ${list(seen.inside)}`,
      };
    case 'disabled':
      return {
        code: 'EW250',
        message: `${who}: ${seen.name} is disabled, so that nobody comes in by it`,
        hint: 'take the clients out, or enable the interface',
      };
    case 'faces the internet':
      return {
        code: 'EW250',
        message: `${who}: ${seen.name} faces the internet`,
        hint: 'name an interface inside: what comes in from the internet is no client of yours',
      };
    case 'the tunnel itself':
      return {
        code: 'EW250',
        message: `${who}: what comes in by ${seen.name} can't be sent back into it by a rule`,
        hint: 'name an interface at home, or another tunnel',
      };
    case 'a port':
      return {
        code: 'EW250',
        message: `${who}: ${seen.name} is a port of ${seen.carrier}, by which its packets come in`,
        hint: `name ${seen.carrier}, or the addresses of the clients`,
      };
    case 'dial in':
      return {
        code: 'EW250',
        severity: seen.how === 'all' ? 'error' : 'warning',
        message: `${who}: ${seen.addresses} dial in by ${seen.server}, at no interface that could have a rule for them: they don't go into the tunnel`,
        hint: `let them come in by a tunnel of WireGuard instead${seen.how === 'all' ? '' : ', or say addresses without theirs'}`,
        running: onRouter(input, seen.path),
      };
    case 'come in nowhere':
      return {
        code: 'EW250',
        message: `${who}: no interface inside has a network with these addresses`,
        hint: `say by which they come in: interface: ${seen.inside.join(' or ') || 'eth1'}`,
      };
    case 'no group':
      return {
        code: 'EW250',
        message: `${who}: the router has no address group or network group ${seen.name}: it has ${list(seen.have)}`,
        hint: `make it on the router: set firewall group address-group ${seen.name} address …; or name another`,
      };
    case 'empty group':
      return { code: 'EW250', ...emptyGroup(input, who, seen) };
    case 'the router itself':
      return {
        code: 'EW250',
        message: `${who}: ${seen.address} is the router's own address: what the router sends itself comes in nowhere`,
        hint: "name a machine at home; the router's own packets follow its main table",
        running: onRouter(input, seen.path),
      };
    case 'shared ruleset':
      return {
        code: 'EW250',
        message: `${who}: ${list(seen.ifaces)} share the modify ruleset ${seen.ruleset}, and nothing tells what comes in by this one`,
        hint:
          seen.family === 4
            ? 'name the addresses of the clients, or give the interface one IPv4 network'
            : 'give the interface an ipv6-modify ruleset of its own, or say `ipv6: wan`',
      };
    default:
      return undefined;
  }
}

type EmptyGroup = Extract<Seen, { what: 'empty group' }>;

/** A rule that takes nobody yet breaks no promise. */
function emptyGroup(
  { site, after }: CheckInput,
  who: string,
  { name, type, end, isPlaced }: EmptyGroup,
): Pick<Told, 'severity' | 'message' | 'hint'> {
  const group = `${type} group ${name}`;
  const severity = isPlaced ? 'warning' : 'error';
  const iface = /^(?:ADDR|NET)v4_(.+)$/.exec(name)?.[1];
  if (name.startsWith('!'))
    return {
      severity,
      message: `${who}: every address is in ${type} group ${name.slice(1)}, and none is left`,
      hint: 'take members out of it, or name another group',
    };
  if (iface !== undefined)
    return {
      severity,
      message: `${who}: ${group} is empty, for ${iface} has no IPv4 address`,
      hint: `give ${iface} an address, or name another group`,
    };
  const isOurs = site.groups.some(one => one.name === name);
  const isFilled = !isOurs && end === 'destination' && has(after, [...forwarding, 'options']);
  return {
    severity: isFilled ? 'note' : severity,
    message: `${who}: ${group} has no members: nothing goes into the tunnel for it${isFilled ? ", unless an option of the DNS forwarder fills it, which isn't shown" : ''}`,
    hint: isOurs
      ? `write members under groups.${name}`
      : `give it one on the router: set firewall group ${type}-group ${name} ${type} …`,
  };
}

function numbers(input: CheckInput, who: string, seen: Seen): Told | undefined {
  const instead = (free: number | undefined): string =>
    free === undefined ? 'leave the number out' : `take ${free}, which is free, or leave the number out`;
  switch (seen.what) {
    case 'table taken':
      return {
        code: 'EW251',
        message: `${who}: routing table ${seen.table} is somebody else's`,
        hint: instead(seen.free),
        running: onRouter(input, seen.path),
      };
    case 'no table':
      return {
        code: 'EW251',
        message: `${who}: no routing table from 50 to 99 is free`,
        hint: 'say one that is: table: 40',
      };
    case 'rule taken':
      return {
        code: 'EW251',
        message: `${who}: rule ${seen.number} of ${seen.path[2] ?? ''} is somebody else's`,
        hint: instead(seen.free),
        running: onRouter(input, seen.path),
      };
    case 'too late':
      return {
        code: 'EW251',
        message: `${who}: rule ${seen.before.at(-1)} of ${seen.before[2]} takes these packets before rule ${seen.number} could`,
        hint: `take a number below ${seen.before.at(-1)}, or leave it out`,
        running: onRouter(input, seen.before),
      };
    case 'too early':
      return {
        code: 'EW251',
        message: `${who}: before rule ${seen.number} of ${seen.ruleset}, which the file says, is no room for the rules that let networks of your own past`,
        hint: 'give the client a larger `rule` number, or say `ownNetworks: []`',
      };
    case 'same number':
      return {
        code: 'EW251',
        message: `${who}: rule ${seen.number} is for ${seen.with} already${lineOf(input, seen.withAt)}`,
        hint: `${instead(seen.free)}; of several destinations each has a number, from \`rule\` on`,
        other: input.placeOf(seen.withAt),
      };
    case 'no number':
      return {
        code: 'EW251',
        message: `${who}: no number of ${seen.ruleset} is free${seen.before === undefined ? '' : ` before rule ${seen.before.at(-1)}, which would take these packets`}`,
        hint: 'renumber the rules of that ruleset on the router, so that one is',
        ...(seen.before !== undefined && { running: onRouter(input, seen.before) }),
      };
    default:
      return undefined;
  }
}

function among(input: CheckInput, who: string, seen: Seen): Told {
  if (seen.what === 'overlap')
    return {
      code: 'EW252',
      message: `${who}: ${seen.packets || 'what comes in there'} belongs to ${seen.with} too${lineOf(input, seen.withAt)}`,
      hint: 'keep one of the two, or give both a `rule` number: the smaller comes first',
      other: input.placeOf(seen.withAt),
    };
  return {
    code: 'EW253',
    message: `${who}: ${'iface' in seen ? seen.iface : 'the interface'} has IPv6, and only the IPv4 of these clients is known: their IPv6 leaves by the WAN`,
    hint: 'give them an interface of their own and name that, or say `ipv6: wan`',
  };
}
