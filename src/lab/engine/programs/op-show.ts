// Tables of op mode: interfaces, routes and rulesets (interactive/15).

import { byVersion } from '../../../vyatta/tree.ts';
import type { Answer } from '../../call.ts';
import { at, childrenAt, valueAt } from '../config.ts';
import type { Engine } from '../engine.ts';
import type { ActiveRoute } from '../kernel.ts';
import { said } from './answers.ts';

export function showInterfaces(engine: Engine): string {
  const head =
    'Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down\n' +
    'Interface        IP Address                        S/L  Description\n' +
    '---------        ----------                        ---  -----------\n';
  const links = [...engine.world.kernel.links.values()].sort((a, b) => byVersion(a.name, b.name));
  return (
    head +
    links
      .map(link => {
        const [first = '-', ...more] = link.addresses;
        const state = link.up ? 'u/u' : 'A/D';
        const line = `${link.name.padEnd(17)}${first.padEnd(34)}${state}  ${link.alias} \n`;
        return line + more.map(address => `${''.padEnd(17)}${address}\n`).join('');
      })
      .join('')
  );
}

export function showRoutes(engine: Engine, family: 4 | 6): string {
  const routes = engine.world.kernel.routes(family);
  const head =
    family === 4
      ? 'Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP\n       O - OSPF, IA - OSPF inter area\n       > - selected route, * - FIB route, p - stale info\n\nIP Route Table for VRF "default"\n'
      : 'IPv6 Routing Table\nCodes: K - kernel route, C - connected, S - static, R - RIP, O - OSPF,\n       B - BGP\n\n';
  const line = (route: ActiveRoute): string => {
    const code = { kernel: 'C', static: 'S', boot: 'K' }[route.protocol];
    const way = route.isBlackhole
      ? 'is directly connected, Null0'
      : route.gateway === undefined
        ? `is directly connected, ${route.device}`
        : `via ${route.gateway}, ${route.device}`;
    const cost = route.protocol === 'kernel' ? '' : `[${route.distance}/0] `;
    return `${code}    *> ${route.prefix} ${cost}${way}\n`;
  };
  const gateway = routes.find(route => route.prefix === '0.0.0.0/0')?.gateway;
  const last =
    family === 4 && gateway !== undefined
      ? `Gateway of last resort is ${gateway} to network 0.0.0.0\n\n`
      : '';
  return head + last + routes.map(line).join('');
}

/** Rulesets with their rules, as far as they follow from the configuration. */
export function showFirewall(engine: Engine, tree?: string, name?: string): Answer {
  const trees = tree === undefined ? ['name', 'modify', 'ipv6-name', 'ipv6-modify'] : [tree];
  let text = '';
  for (const one of trees) {
    const names = childrenAt(engine.active, ['firewall', one]).sort(byVersion);
    for (const set of names.filter(candidate => name === undefined || candidate === name))
      text += printSet(engine, one, set);
  }
  if (name !== undefined && text === '') return said(`Invalid firewall instance [${name}]\n`, 1);
  return said(text);
}

function printSet(engine: Engine, tree: string, name: string): string {
  const path = ['firewall', tree, name];
  const family = tree.startsWith('ipv6') ? 'IPv6' : 'IPv4';
  const users = [...engine.world.kernel.attached].filter(([, set]) => set === `${tree} ${name}`);
  const hooks = users.map(([key]) => key.split(' ')).map(([, way, link]) => `${link},${way?.toUpperCase()}`);
  const active =
    hooks.length === 0
      ? ' Inactive - Not applied to any interfaces or zones.\n'
      : ` Active on (${hooks.join(') (')})\n`;
  const rules = childrenAt(engine.active, [...path, 'rule']).sort(byVersion);
  const head = `--------------------------------------------------------------------------------\n${family} Firewall "${name}":\n\n${active}\n`;
  const columns = `${'rule'.padEnd(6)}${'action'.padEnd(8)}${'proto'.padEnd(10)}packets  bytes\n----  ------  -----     -------  -----\n`;
  const lines = rules
    .filter(rule => at(engine.active, [...path, 'rule', rule, 'disable']) === undefined)
    .map(rule => line(engine, [...path, 'rule', rule], rule));
  const final = valueAt(engine.active, [...path, 'default-action']) ?? 'accept';
  return `${head}${columns}${lines.join('')}${`10000`.padEnd(6)}${final.padEnd(8)}${'all'.padEnd(10)}0        0\n\n`;
}

function line(engine: Engine, path: readonly string[], number: string): string {
  const leaf = (name: string): string => valueAt(engine.active, [...path, name]) ?? '';
  return `${number.padEnd(6)}${leaf('action').padEnd(8)}${(leaf('protocol') || 'all').padEnd(10)}0        0\n`;
}
