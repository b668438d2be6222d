// One firewall rule as iptables-save prints what ubnt-fw has made of it (vyatta-cfg src/ubnt/fw/rule.cpp and address.cpp).
import { at, childrenAt, type View, valueAt } from './config.ts';

/** None for a rule that is disabled. */
export function ruleLines(rule: View, name: string, number: string, family: 4 | 6): string[] {
  if (at(rule, ['disable']) !== undefined) return [];
  const value = (...path: string[]): string | undefined => valueAt(rule, path);
  const protocol = value('protocol');
  const not = protocol?.startsWith('!') ? '! ' : '';
  const word = protocol?.replace('!', '');
  const names = word === 'tcp_udp' ? ['tcp', 'udp'] : [word];
  const isLogged = value('log') === 'enable';
  return names.flatMap(one => {
    const head = ['source', 'destination'].map(side => addressOf(rule, side)).join('');
    const matches = [
      ` -m comment --comment ${name}-${number}`,
      states(rule),
      ...['source', 'destination'].map(side => portsOf(rule, side, one)),
      ...['source', 'destination'].map(side => groupsOf(rule, side)),
    ].join('');
    const line = `-A ${name}${head}${protocolOf(one, not)}${matches}`;
    const action = value('action') ?? 'drop';
    const prefix = `"[${name.slice(0, 19)}-${number}-${action.slice(0, 1).toUpperCase()}] "`;
    return [
      ...(isLogged ? [`${line} -j LOG --log-prefix ${prefix}`] : []),
      `${line} -j ${targetOf(rule, action, family)}`,
    ];
  });
}

function protocolOf(word: string | undefined, not: string): string {
  if (word === undefined || word === 'all') return '';
  return ` ${not}-p ${word === 'icmpv6' ? 'ipv6-icmp' : word}`;
}

/** The kernel's own order. */
function states(rule: View): string {
  const set = ['invalid', 'new', 'related', 'established'].filter(
    state => valueAt(rule, ['state', state]) === 'enable',
  );
  return set.length === 0 ? '' : ` -m state --state ${set.join(',').toUpperCase()}`;
}

function addressOf(rule: View, side: string): string {
  const text = valueAt(rule, [side, 'address']);
  if (text === undefined || text.includes('-')) return '';
  const not = text.startsWith('!') ? '! ' : '';
  const address = text.replace('!', '');
  const length = address.includes('/') ? '' : address.includes(':') ? '/128' : '/32';
  return ` ${not}-${side.slice(0, 1)} ${address}${length}`;
}

function portsOf(rule: View, side: string, protocol: string | undefined): string {
  const range = valueAt(rule, [side, 'address']);
  const short = side === 'source' ? 'src' : 'dst';
  const between = range?.includes('-') ? ` -m iprange --${short}-range ${range}` : '';
  const text = valueAt(rule, [side, 'port']);
  if (text === undefined) return between;
  const not = text.startsWith('!') ? '! ' : '';
  const list = text.replace('!', '').replace(/(\d)-(\d)/g, '$1:$2');
  const option = `${not}--${side.slice(0, 1)}port`;
  return `${between}${/[,:]/.test(list) ? ` -m multiport ${option}s ${list}` : ` -m ${protocol} ${option} ${list}`}`;
}

function groupsOf(rule: View, side: string): string {
  return childrenAt(rule, [side, 'group'])
    .map(kind => {
      const text = valueAt(rule, [side, 'group', kind]) ?? '';
      const not = text.startsWith('!') ? '! ' : '';
      return ` -m set ${not}--match-set ${text.replace('!', '')} ${side === 'source' ? 'src' : 'dst'}`;
    })
    .join('');
}

function targetOf(rule: View, action: string, family: 4 | 6): string {
  if (action === 'accept') return 'RETURN';
  if (action === 'reject') return `REJECT --reject-with icmp${family === 4 ? '' : '6'}-port-unreachable`;
  if (action !== 'modify') return 'DROP';
  const table = valueAt(rule, ['modify', 'table']);
  if (table !== undefined) return `UBNT_PBR_${table === 'main' ? '254' : table}`;
  const mark = valueAt(rule, ['modify', 'mark']);
  if (mark !== undefined) return `MARK --set-xmark 0x${Number(mark).toString(16)}/0xff`;
  const mss = valueAt(rule, ['modify', 'tcp-mss']);
  if (mss !== undefined) return `TCPMSS ${mss === 'pmtu' ? '--clamp-mss-to-pmtu' : `--set-mss ${mss}`}`;
  return `UBNT_WLB_${valueAt(rule, ['modify', 'lb-group']) ?? ''}`;
}
