// What the router checks and does for `firewall`: names and numbers when they are set, whole rulesets in a commit
// (ubnt-fw; docs/edgeos.md 'Rulesets'; transcripts set-errors, partial-commit, firewall-order).

import { type Act, failed, fine, type Outcome } from '../action.ts';
import { at, childrenAt } from '../config.ts';
import type { Template } from '../template.ts';
import { expression, inCommit, on, oneOf, program, range } from './attach.ts';
import { groupReferences, groupsBehaviour, setsOf } from './groups.ts';
import { isProtocol } from './names.ts';
import { ruleProblem } from './rule.ts';
import { type RuleTree, trees } from './rule-trees.ts';

export function firewallBehaviour(root: Template, hasWireguardClamp: boolean): void {
  groupsBehaviour(root);
  for (const tree of trees) ruleset(root, tree);
  for (const name of ['mss-clamp', 'mss-clamp6']) clamp(root, name, hasWireguardClamp);
  const switches = ['all-ping', 'broadcast-ping', 'ip-src-route', 'log-martians', 'receive-redirects'];
  for (const name of [
    ...switches,
    'send-redirects',
    'syn-cookies',
    'ipv6-receive-redirects',
    'ipv6-src-route',
  ])
    oneOf(on(root, `firewall ${name}`), ['enable', 'disable'], `${name} must be enable or disable`);
  oneOf(
    on(root, 'firewall source-validation'),
    ['strict', 'loose', 'disable'],
    'source-validation must be set to strict, loose, or disable',
  );
}

function ruleset(root: Template, tree: RuleTree): void {
  const set = on(root, `firewall ${tree}`);
  program(set, ({ value }) => nameProblem(value));
  set.end = act => updateRules(act, tree);
  const isModify = tree.endsWith('modify');
  oneOf(
    on(root, `firewall ${tree} default-action`),
    isModify ? ['accept', 'drop'] : ['drop', 'reject', 'accept'],
    `default-action must be ${isModify ? 'accept or drop' : 'drop, reject or accept'}`,
  );
  const rule = on(root, `firewall ${tree} rule`);
  groupReferences(rule);
  range(rule, 1, 9999, 'firewall rule number must be between 1 and 9999');
  const actions = isModify ? ['drop', 'accept', 'modify'] : ['drop', 'reject', 'accept', 'inspect'];
  const words = `${actions.slice(0, -1).join(', ')}, or ${actions.at(-1)}`;
  oneOf(on(rule, 'action'), actions, `action must be one of ${words}`);
  expression(on(rule, 'protocol'), ({ value }) => isProtocol(value), 'invalid protocol "%"');
  oneOf(on(rule, 'log'), ['enable', 'disable'], 'firewall logging must be enable or disable');
  for (const state of ['established', 'invalid', 'new', 'related'])
    oneOf(on(rule, `state ${state}`), ['enable', 'disable'], 'state value must be enable or disable');
}

/** Undefined when a ruleset may have this name (fw_validate_name). */
function nameProblem(name: string): string | undefined {
  const length = Buffer.byteLength(name);
  if (length < 1 || length > 28) return 'Firewall rule set name must be between 1 and 28 characters long';
  if (name.startsWith('-')) return 'Firewall rule set name cannot start with "-"';
  if (/[!|;&$<>()*]/.test(name)) return 'Firewall rule set name cannot contain shell punctuation';
  const isReserved = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE', 'LOG', 'REJECT', 'MARK'].includes(name);
  if (isReserved || name.startsWith('VZONE'))
    return `Cannot use reserved name "${name}" for firewall rule set`;
  return undefined;
}

/** Rewrites one ruleset after any change below it. */
function updateRules(act: Act, tree: RuleTree): Outcome {
  const name = act.path.at(-1) ?? '';
  const path = ['firewall', tree, name];
  const { kernel } = act.world;
  const chain = `${tree} ${name}`;
  const problem = (text: string): Outcome => failed(`Firewall config error: ${text}`);
  const before = at(act.active, path);
  const after = at(act.working, path);
  if (after === undefined) {
    if (kernel.isAttached(chain)) return problem(`Cannot delete rule set "${name}" (still in use)`);
    kernel.chains.delete(chain);
    kernel.sets.use(chain, new Set());
    kernel.sets.prune();
    return fine;
  }
  if (before === undefined) {
    const other = trees.find(t => t !== tree && at(act.working, ['firewall', t, name]) !== undefined);
    if (other !== undefined) return problem(`Rule set '${name}' already used in '${other}'`);
  }
  const rules = childrenAt(after, ['rule']).sort((a, b) => Number(a) - Number(b));
  for (const number of rules) {
    const rule = at(after, ['rule', number]);
    if (rule === undefined || rule === (before && at(before, ['rule', number]))) continue;
    const wrong = ruleProblem(rule, tree);
    if (wrong !== undefined) return problem(wrong);
  }
  kernel.chains.add(chain);
  kernel.sets.use(chain, setsOf(at(after, ['rule'])));
  kernel.sets.prune();
  return fine;
}

function clamp(root: Template, name: string, hasWireguard: boolean): void {
  const is6 = name === 'mss-clamp6';
  const node = on(root, `firewall options ${name}`);
  const types = ['pppoe', 'pptp', 'tun', is6 ? 'v6tun' : 'vti', ...(hasWireguard ? ['wg'] : []), 'all'];
  const quoted = types.map(type => `"${type}"`);
  const list = is6
    ? `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
    : `${quoted.slice(0, -1).join(', ')}, or ${quoted.at(-1)}`;
  oneOf(on(node, 'interface-type'), types, `Interface type must be ${list}`);
  if (is6) range(on(node, 'mss'), 1280, 1492, 'MSS must be between 1280 and 1492');
  else range(on(node, 'mss'), 500, 1460, 'MSS must be between 500-1460');
  inCommit(
    node,
    ({ working }) => at(working, ['firewall', 'options', name, 'mss']) !== undefined,
    `Must set mss for ${name}`,
  );
}

/** Attaches rulesets to every kind of interface below `node`, whose path without values is `names`. */
export function attachments(node: Template): void {
  for (const direction of ['in', 'out', 'local'])
    for (const tree of trees) {
      const leaf = node.children.get('firewall')?.children.get(direction)?.children.get(tree);
      if (leaf === undefined) continue;
      leaf.update = act => attach(act, direction, tree);
      leaf.delete = act => {
        act.world.kernel.attached.delete(hook(act, direction, tree));
        return fine;
      };
    }
}

function hook(act: Act, direction: string, tree: RuleTree): string {
  const table = tree.endsWith('modify') ? 'mangle' : 'filter';
  return `${table}${tree.startsWith('ipv6') ? 6 : 4} ${direction} ${interfaceOf(act.path)}`;
}

/** `eth0`, `eth0.10`, `pppoe0`: the link that an interface's path names. */
export function interfaceOf(path: readonly string[]): string {
  const pppoe = path.indexOf('pppoe');
  if (pppoe !== -1) return `pppoe${path[pppoe + 1]}`;
  const vif = path.indexOf('vif');
  return vif === -1 ? (path[2] ?? '') : `${path[2]}.${path[vif + 1]}`;
}

function attach(act: Act, direction: string, tree: RuleTree): Outcome {
  const { working, value, world } = act;
  const problem = (text: string): Outcome => failed(`Firewall config error: ${text}`);
  const link = interfaceOf(act.path);
  const zone = childrenAt(working, ['zone-policy', 'zone']).find(name => name === link);
  if (zone !== undefined && !tree.endsWith('modify'))
    return problem(`interface ${link} is defined under zone ${zone}`);
  const chain = `${tree} ${value}`;
  const isThere = at(working, ['firewall', tree, value]) !== undefined && world.kernel.chains.has(chain);
  if (!isThere) return problem(`Rule set ${value} is not configured`);
  if (tree.endsWith('modify') && direction === 'local')
    return problem(`Modify rule set ${value} cannot be used for local`);
  world.kernel.attached.set(hook(act, direction, tree), chain);
  return fine;
}
