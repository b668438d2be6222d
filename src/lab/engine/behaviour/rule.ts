// What makes a firewall rule impossible, in the order in which the router's own check finds it (rule.cpp, address.cpp).

import { parseAddress } from '../../../wireguard/prefix.ts';
import { at, type View, valueAt } from '../config.ts';
import { isService } from './names.ts';
import type { RuleTree } from './rule-trees.ts';

/** The sentence without `Firewall config error: `; undefined for a good rule, and for a disabled one. */
export function ruleProblem(rule: View, tree: RuleTree): string | undefined {
  if (at(rule, ['disable']) !== undefined) return undefined;
  const protocol = valueAt(rule, ['protocol']) ?? '';
  const action = valueAt(rule, ['action']) ?? '';
  const family = tree.startsWith('ipv6') ? 'ipv6' : 'ipv4';
  return (
    modifyMisplaced(rule, tree, action) ??
    protocolProblem(rule, protocol) ??
    endProblem(rule, 'source', protocol, family) ??
    endProblem(rule, 'destination', protocol, family) ??
    bothPorts(rule) ??
    actionProblem(rule, action, protocol)
  );
}

function modifyMisplaced(rule: View, tree: RuleTree, action: string): string | undefined {
  if (!tree.endsWith('modify') || action === 'modify') return undefined;
  const isSet = ['mark', 'tcp-mss', 'table'].some(name => at(rule, ['modify', name]) !== undefined);
  return isSet ? 'modify field can only be use with action modify' : undefined;
}

function protocolProblem(rule: View, protocol: string): string | undefined {
  const flags = valueAt(rule, ['tcp', 'flags']);
  if (flags !== undefined && protocol !== 'tcp' && protocol !== '6')
    return 'TCP flags can only be set if protocol is set to TCP';
  const [type, code, name] = ['type', 'code', 'type-name'].map(leaf => valueAt(rule, ['icmp', leaf]));
  if (protocol === 'icmp' || protocol === '1') {
    if (name !== undefined && (type ?? code) !== undefined)
      return 'Cannot use ICMP type/code with ICMP type-name';
    if (code !== undefined && type === undefined)
      return 'ICMP code can only be defined if ICMP type is defined';
    return undefined;
  }
  return (type ?? code ?? name) === undefined
    ? undefined
    : 'ICMP type/code or type-name can only be defined if protocol is ICMP';
}

const portProtocols = ['tcp', 'udp', 'tcp_udp', '6', '17'];

function endProblem(
  rule: View,
  side: 'source' | 'destination',
  protocol: string,
  family: 'ipv4' | 'ipv6',
): string | undefined {
  const end = at(rule, [side]);
  if (end === undefined) return undefined;
  const address = valueAt(end, ['address']);
  const port = valueAt(end, ['port']);
  const wrong =
    (address === undefined ? undefined : addressProblem(address, family)) ??
    (port === undefined ? undefined : portsProblem(port, protocol));
  return wrong ?? groupProblem(end, side, address, port);
}

function addressProblem(text: string, family: 'ipv4' | 'ipv6'): string | undefined {
  const is = (part: string): boolean => parseAddress(part)?.family === (family === 'ipv4' ? 4 : 6);
  const bare = text.includes('!') ? text.slice(1) : text;
  if (bare.includes('/')) {
    const [ip = '', length = ''] = bare.split('/', 2);
    const isLength = /^\d+$/.test(length) && Number(length) <= (family === 'ipv4' ? 32 : 128);
    return is(ip) && isLength ? undefined : `'${bare}' is not a valid ${family} subnet`;
  }
  if (bare.includes('-')) {
    const [from = '', to = ''] = bare.split('-', 2);
    return is(from) && is(to) ? undefined : `'${from}-${to}' is not a valid ${family} range`;
  }
  return is(bare) ? undefined : `'${bare}' is not a valid ${family} address`;
}

function portsProblem(text: string, protocol: string): string | undefined {
  const list = (text.includes('!') ? text.slice(1) : text).split(',').filter(part => part !== '');
  let count = 0;
  for (const part of list) {
    const range = /^(\d+)-(\d+)$/.exec(part);
    const wrong = range !== null ? rangeProblem(range[1] ?? '', range[2] ?? '') : portProblem(part, protocol);
    if (wrong !== undefined) return wrong;
    count += range === null ? 1 : 2;
  }
  if (count > 0 && !portProtocols.includes(protocol))
    return `ports can only be specified when protocol is 'tcp'or 'udp' (currently '${protocol}')`;
  if (count > 15)
    return 'source/destination port specification only supports up to 15 ports (port range counts as 2)';
  return undefined;
}

function rangeProblem(from: string, to: string): string | undefined {
  const wrong = numberProblem(from) ?? numberProblem(to);
  if (wrong !== undefined) return wrong;
  return Number(from) < Number(to) ? undefined : `invalid port range (${to} is not greater than ${from}`;
}

function numberProblem(text: string): string | undefined {
  const isPort = Number(text) >= 1 && Number(text) <= 65535;
  return isPort ? undefined : `invalid port '${text}' (must be between 1 and 65535)`;
}

function portProblem(text: string, protocol: string): string | undefined {
  if (/^\d+$/.test(text)) return numberProblem(text);
  const asked = protocol === 'tcp_udp' ? ['tcp', 'udp'] : [protocol];
  const missing = asked.find(name => !isService(text, name));
  return missing === undefined ? undefined : `'${text}' is not a valid port name for protocol '${missing}'`;
}

function groupProblem(
  end: View,
  side: string,
  address: string | undefined,
  port: string | undefined,
): string | undefined {
  const group = (kind: string): string | undefined =>
    valueAt(end, ['group', `${kind}-group`]) ?? valueAt(end, ['group', `ipv6-${kind}-group`]);
  const [addresses, networks, ports] = [group('address'), group('network'), group('port')];
  if (addresses !== undefined && address?.includes('-'))
    return `Can't mix ${side} address group [${addresses}] and address`;
  if (networks !== undefined && address !== undefined)
    return `Can't mix ${side} network group [${addresses ?? ''}] and address`;
  if (ports !== undefined && port !== undefined) return `Can't mix ${side} port group [${ports}] and port`;
  if (addresses !== undefined && networks !== undefined)
    return `Can't combine network and address group for ${side}`;
  return undefined;
}

function bothPorts(rule: View): string | undefined {
  const [from = '', to = ''] = ['source', 'destination'].map(side => valueAt(rule, [side, 'port']) ?? '');
  const isList = (text: string): boolean => /[,-]/.test(text.replace(/^!/, ''));
  const isMixed = from !== '' && to !== '' && isList(from) !== isList(to);
  return isMixed
    ? 'Cannot specify multiple ports when both source and destination ports are specified'
    : undefined;
}

function actionProblem(rule: View, action: string, protocol: string): string | undefined {
  if (action === 'modify') return modifyProblem(rule);
  if (action === '') return "'action' must be defined";
  if (action === 'reject-tcp' && protocol !== 'tcp' && protocol !== '6')
    return 'reject-tcp can only be used if protocol is set to TCP';
  return undefined;
}

function modifyProblem(rule: View): string | undefined {
  const flags = valueAt(rule, ['tcp', 'flags']) ?? '';
  if (at(rule, ['modify', 'tcp-mss']) !== undefined && !flags.includes('SYN'))
    return 'need to set TCP SYN flag to modify TCP MSS';
  const leaves = ['mark', 'dscp', 'tcp-mss', 'table', 'lb-group'].map(name => ['modify', name]);
  const marks = ['set-mark', 'save-mark', 'restore-mark'].map(name => ['modify', 'connmark', name]);
  const count = [...leaves, ...marks].filter(path => at(rule, path) !== undefined).length;
  if (count === 0) return "Action 'modify' requires more specific configuration under the 'modify' node";
  return count > 1 ? "Cannot define more than one modification under the 'modify' node" : undefined;
}
