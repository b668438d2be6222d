// What the router's firmware can't do, and what it lost: the wireguard package and its nodes go with a firmware upgrade, and a
// save would then destroy what config.boot still holds (edgeos-facts 0.7 and 1.7).
import { has, startsWith } from '../../vyatta/tree.ts';
import type { Check } from '../make.ts';
import type { Diagnostic } from '../plan.ts';

const base = ['interfaces', 'wireguard'];

/** Templates that the wanted configuration may need, by the probe's name. */
const needs = [
  {
    probe: 'mss-clamp-wg',
    path: ['firewall', 'options', 'mss-clamp', 'interface-type', 'wg'],
    family: 'ipv4',
  },
  {
    probe: 'mss-clamp6-wg',
    path: ['firewall', 'options', 'mss-clamp6', 'interface-type', 'wg'],
    family: 'ipv6',
  },
] as const;

export const firmware: Check = ({ facts, running, wanted, changes }) => {
  if (facts === undefined) return [];
  const lost = facts.savedWireguard.filter(name => !has(running, [...base, name]));
  if (facts.probes.get('wireguard') === false) return [missing(lost)];
  const findings: Diagnostic[] = [];
  if (lost.length > 0)
    findings.push({
      code: 'EW021',
      severity: 'error',
      message: `${lost.join(', ')}: in config.boot, but not in the running configuration; the next save would destroy ${lost.length === 1 ? 'it' : 'them'}`,
      hint: 'get them back first: configure; load; commit',
      running: { path: base },
    });
  for (const { probe, path, family } of needs)
    if (
      facts.probes.get(probe) === false &&
      changes.some(change => startsWith(path, change.path)) &&
      has(wanted, path)
    )
      findings.push({
        code: 'EW022',
        severity: 'error',
        message: `this firmware has no \`${path.slice(2).join(' ')}\``,
        hint: `say mssClamp: { ${family}: off }, or update the wireguard package`,
        running: { path },
      });
  return findings;
};

function missing(lost: readonly string[]): Diagnostic {
  if (lost.length === 0)
    return {
      code: 'EW020',
      severity: 'error',
      message: 'this router knows no `interfaces wireguard`: the wireguard package is not installed',
      hint: 'install wireguard-vyatta-ubnt for this model and firmware, then plan again',
      running: { path: base },
    };
  return {
    code: 'EW020',
    severity: 'error',
    message: `the wireguard package is gone (a firmware upgrade removes it), and with it ${lost.join(', ')}, which config.boot still holds; any save now destroys them`,
    hint: 'install the package again, then on the router: configure; load; commit. Save nothing before',
    running: { path: base },
  };
}
