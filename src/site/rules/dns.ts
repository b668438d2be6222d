// `dns` is about tunnels of the file, in one of EdgeOS's two styles.
import type { Rule } from './rule.ts';

export const dnsOfTunnels: Rule = ({ site: { dns, tunnels }, report, line }) => {
  if (dns === undefined) return;
  for (const key of ['listenOn', 'exceptInterface'] as const)
    for (const [i, name] of dns[key].entries()) {
      const at = [...dns.at, key, i];
      const first = dns[key].indexOf(name);
      if (!tunnels.some(one => one.name === name))
        report(at, {
          code: 'unknown-tunnel',
          message: `the file has no tunnel ${name}`,
          hint: 'name a tunnel of the file: other interfaces are not its business',
        });
      else if (first < i)
        report(at, { code: 'duplicate-member', message: `${name} is listed already`, hint: 'keep one' });
    }
  const [except] = dns.exceptInterface;
  if (dns.listenOn.length > 0 && except !== undefined)
    report([...dns.at, 'exceptInterface'], {
      code: 'dns-styles',
      message: `the forwarder has either a list of interfaces${line([...dns.at, 'listenOn'])}, or one of exceptions`,
      hint: 'keep the style that the router has',
    });
};
