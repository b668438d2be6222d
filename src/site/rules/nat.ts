// The parts of one NAT rule among each other: what the router would refuse at commit (docs/edgeos.md 'NAT').

import { parseMatchAddress } from '../grammar/firewall.ts';
import { firstSource } from '../grammar/names.ts';
import type { NatRule, Translation } from '../site.ts';
import { soundMatches } from './firewall-rules.ts';
import type { Rule, RuleContext } from './rule.ts';

type Check = (rule: NatRule, context: RuleContext) => void;

const isDestination = ({ type }: NatRule): boolean => type === 'destination';

const numbers: Check = (rule, { report }) => {
  if (isDestination(rule) === rule.number < firstSource) return;
  report(
    rule.at,
    {
      code: 'nat-number',
      message: `${rule.number} is no number for a ${rule.type} rule`,
      hint: `take ${isDestination(rule) ? `one below ${firstSource}` : `one from ${firstSource} to 9999`}: masquerade and source have those from ${firstSource} on`,
    },
    'key',
  );
};

interface Sides {
  readonly needs: 'inboundInterface' | 'outboundInterface';
  readonly refuses: readonly (
    | 'inboundInterface'
    | 'outboundInterface'
    | 'insideAddress'
    | 'outsideAddress'
  )[];
  readonly to?: 'insideAddress' | 'outsideAddress';
}

const sides: Record<NatRule['type'], Sides> = {
  masquerade: { needs: 'outboundInterface', refuses: ['inboundInterface', 'insideAddress'] },
  source: {
    needs: 'outboundInterface',
    refuses: ['inboundInterface', 'insideAddress'],
    to: 'outsideAddress',
  },
  destination: {
    needs: 'inboundInterface',
    refuses: ['outboundInterface', 'outsideAddress'],
    to: 'insideAddress',
  },
};

const interfacesAndAddresses: Check = (rule, { report, isMissing }) => {
  const { needs, refuses, to } = sides[rule.type];
  if (rule[needs] === undefined && isMissing([...rule.at, needs]))
    report(rule.at, {
      code: 'nat-incomplete',
      message: `a ${rule.type} rule needs ${needs}`,
      hint: `say which interface the packets ${needs === 'inboundInterface' ? 'come in' : 'leave'} by`,
    });
  for (const key of refuses)
    if (rule[key] !== undefined)
      report([...rule.at, key], {
        code: 'nat-of-another-type',
        message: `a ${rule.type} rule has no ${key}`,
        hint: 'take it out, or choose another type',
      });
  if (to !== undefined && rule[to] === undefined && isMissing([...rule.at, to]) && !rule.exclude)
    report(rule.at, {
      code: 'nat-incomplete',
      message: `a ${rule.type} rule needs ${to}`,
      hint: `say what the packets ${to === 'insideAddress' ? 'go to' : 'come from'} afterwards, or exclude: true`,
    });
  if (rule.type === 'masquerade' && rule.outsideAddress?.address !== undefined)
    report([...rule.at, 'outsideAddress', 'address'], {
      code: 'nat-of-another-type',
      message: 'masquerade takes the address of the interface, and no other',
      hint: 'write type: source for an address of your choice',
    });
};

const withPorts = new Set(['tcp', 'udp', 'tcp_udp', '6', '17']);

const translations: Check = (rule, { report, isMissing }) => {
  for (const key of ['insideAddress', 'outsideAddress'] as const) {
    const to: Translation | undefined = rule[key];
    if (
      to?.address !== undefined &&
      (parseMatchAddress(to.address)?.family !== 4 || to.address.startsWith('!'))
    )
      report([...rule.at, key, 'address'], {
        code: 'bad-value',
        message: `NAT translates to IPv4 addresses, not to ${to.address}`,
        hint: 'write an address, a range such as 192.168.1.20-192.168.1.29, or a prefix',
      });
    if (to?.port === undefined) continue;
    const isProtocolWrong = rule.protocol === undefined && !isMissing([...rule.at, 'protocol']);
    if (/[!,]/.test(to.port))
      report([...rule.at, key, 'port'], {
        code: 'bad-value',
        message: `NAT translates to one port or a range of them, not to ${to.port}`,
        hint: 'write a port, or a range such as 8000-8010',
      });
    else if (!isProtocolWrong && !withPorts.has(rule.protocol ?? ''))
      report([...rule.at, key, 'port'], {
        code: 'port-without-protocol',
        message: `ports need a protocol that has them, ${rule.protocol === undefined ? 'and the rule names none' : `not ${rule.protocol}`}`,
        hint: 'add `protocol: tcp`, udp or tcp_udp to the rule',
      });
  }
};

const matched = { source: 'source', destination: 'destination', masquerade: 'source' } as const;

/** A prefix maps a network onto another, address by address (NETMAP). */
const networks: Check = (rule, { report }) => {
  const key = isDestination(rule) ? 'insideAddress' : 'outsideAddress';
  const { address, port } = rule[key] ?? {};
  const length = address?.split('/')[1];
  if (length === undefined) return;
  const end = matched[rule.type];
  const from = rule[end]?.address;
  if (from?.startsWith('!') || from?.split('/')[1] !== length)
    report([...rule.at, key, 'address'], {
      code: 'nat-networks',
      message: `a whole network is mapped onto one of the same size: ${end}.address has no /${length}`,
      hint: `write ${end}.address as a prefix of length ${length}`,
    });
  if (port !== undefined)
    report([...rule.at, key, 'port'], {
      code: 'nat-networks',
      message: 'a whole network is mapped without ports',
      hint: 'take port out',
    });
};

const checks: readonly Check[] = [numbers, interfacesAndAddresses, translations, networks];

export const soundNatRules: Rule = context => {
  for (const rule of context.site.nat) {
    for (const check of checks) check(rule, context);
    soundMatches(rule, { family: 4, name: 'NAT' }, context);
  }
};
