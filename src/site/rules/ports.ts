// Listen ports and the firewall rules that open them.
import type { OpenPort, SitePath } from '../site.ts';
import { eachDuplicate, type Rule } from './rule.ts';

export const uniqueListenPorts: Rule = context => {
  const listening = context.site.tunnels.filter(tunnel => tunnel.listenPort !== undefined);
  eachDuplicate(
    context,
    listening,
    tunnel => String(tunnel.listenPort),
    (tunnel, first) =>
      context.report([...tunnel.at, 'listenPort'], {
        code: 'duplicate-port',
        message: `${first.name}${context.line([...first.at, 'listenPort'])} listens on port ${tunnel.listenPort} already`,
        hint: 'give each tunnel a port of its own',
      }),
  );
};

export const openPortOfListenPort: Rule = ({ site, report, isMissing }) => {
  for (const { name, at, openPort, listenPort } of site.tunnels)
    if (openPort !== undefined && listenPort === undefined && isMissing([...at, 'listenPort']))
      report(openPort.at, {
        code: 'no-listen-port',
        message: `${name} opens its listen port, but names none`,
        hint: `add listenPort to ${name}`,
      });
};

/** Where the number for `family` stands. */
const numberAt = (openPort: OpenPort, family: 'ipv4' | 'ipv6'): SitePath => [
  ...openPort.at,
  openPort.asNeeded ? 'rule' : family,
];

/** Rule numbers of one family's ruleset on the uplink: each tunnel has its own, and none is also used otherwise. */
export const uniqueOpenRules: Rule = context => {
  const { site, report, line } = context;
  for (const family of ['ipv4', 'ipv6'] as const) {
    const opening = site.tunnels.flatMap(({ name, openPort }) => {
      const number = openPort?.[family];
      return openPort === undefined || number === undefined
        ? []
        : [{ name, number, at: numberAt(openPort, family) }];
    });
    const clash = (at: SitePath, message: string): void =>
      report(at, { code: 'duplicate-rule', message, hint: 'choose a free rule number' });
    eachDuplicate(
      context,
      opening,
      ({ number }) => String(number),
      ({ at, number }, first) => clash(at, `rule ${number} is ${first.name}'s already${line(first.at)}`),
    );
    const name = site.uplink.rulesets[family];
    const ours = site.rulesets.find(ruleset => ruleset.name === name);
    for (const { at, number } of opening) {
      const rule = ours?.rules.find(candidate => candidate.number === number);
      if (rule !== undefined) clash(at, `ruleset ${name} has a rule ${number} of its own${line(rule.at)}`);
    }
  }
};
