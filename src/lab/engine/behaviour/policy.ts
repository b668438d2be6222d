// `policy`: what its lists need, and every setting that names one of them (the templates of vyatta-cfg-quagga; transcript
// bgp-ipv6). A list that is named may be deleted: nobody asks.
import { type Act, failed, fine, type Outcome } from '../action.ts';
import { at, childrenAt, type View, valueAt } from '../config.ts';
import type { Template } from '../template.ts';
import { inCommit, on, oneOf, pattern, range } from './attach.ts';

type List =
  | 'access-list'
  | 'access-list6'
  | 'as-path-list'
  | 'community-list'
  | 'prefix-list'
  | 'prefix-list6'
  | 'route-map';

/** `commit:expression: …--exists "policy LIST NAME"`. */
export function names(template: Template, list: List, text: string): void {
  inCommit(template, ({ working, value }) => at(working, ['policy', list, value]) !== undefined, text);
}

export function policyBehaviour(root: Template): void {
  const policy = on(root, 'policy');
  for (const [list, what] of [
    ['prefix-list', 'prefix-list'],
    ['prefix-list6', 'prefix-list6'],
    ['as-path-list', 'as-path-list'],
  ] as const)
    pattern(on(policy, list), /^[-a-zA-Z0-9.]+$/, `${what} name must be alpha-numeric`);
  pattern(on(policy, 'route-map'), /^[-a-zA-Z0-9.]+$/, 'route-map %: name must be alpha-numeric');
  for (const template of policy.children.values()) {
    const rule = on(template, 'rule');
    range(rule, 1, 65535, 'rule number must be between 1 and 65535');
    oneOf(on(rule, 'action'), ['permit', 'deny'], 'action must be permit or deny');
  }
  prefixList(on(policy, 'prefix-list rule'), 32);
  prefixList(on(policy, 'prefix-list6 rule'), 128);
  for (const list of ['access-list', 'access-list6', 'as-path-list', 'community-list'] as const)
    on(policy, list).end = act => updateList(act, list);
  routeMap(on(policy, 'route-map rule'));
  redistributions(on(root, 'protocols'));
}

function prefixList(rule: Template, longest: number): void {
  inCommit(rule, ({ working, path }) => has(working, [...path, 'prefix']), 'You must specify a prefix');
  inCommit(rule, ({ working, path }) => has(working, [...path, 'action']), 'You must specify an action');
  range(on(rule, 'ge'), 0, longest, `ge must be between 0 and ${longest}`);
  range(on(rule, 'le'), 0, longest, `le must be between 0 and ${longest}`);
  rule.end = ({ working, path }) => {
    const [prefix, ge, le] = ['prefix', 'ge', 'le'].map(leaf => valueAt(working, [...path, leaf]));
    const length = Number(prefix?.split('/')[1]);
    if (ge !== undefined && length >= Number(ge)) return failed('ge must be greater than prefix length');
    const isOrdered =
      ge === undefined || le === undefined || Number(le) === longest || Number(le) > Number(ge);
    return isOrdered ? fine : failed('le must be greater than or equal to ge');
  };
}

const has = (view: View, path: readonly string[]): boolean => at(view, path) !== undefined;

/** A list is told to the daemon rule by rule; the first one that lacks something ends it (vyatta-policy.pl). */
function updateList({ working, path }: Act, list: List): Outcome {
  const rules = [...path, 'rule'];
  for (const number of childrenAt(working, rules).sort((a, b) => Number(a) - Number(b))) {
    const rule = at(working, [...rules, number]);
    const missing = rule && missingIn(rule, list, path.at(-1) ?? '');
    if (missing !== undefined) return failed(`policy ${list} ${path.at(-1)} rule ${number}${missing}`);
  }
  return fine;
}

function missingIn(rule: View, list: List, name: string): string | undefined {
  if (!has(rule, ['action'])) return ': You must specify an action';
  if (list === 'as-path-list' || list === 'community-list')
    return has(rule, ['regex']) ? undefined : ': You must specify a regex';
  const isFilter = (side: string): boolean =>
    ['host', 'network', 'any'].some(leaf => has(rule, [side, leaf]));
  if (!isFilter('source')) return ' source: incorrect source filter';
  const number = Number(name);
  const isExtended = (number >= 100 && number <= 199) || (number >= 2000 && number <= 2699);
  return isExtended && !isFilter('destination') ? ' destination: incorrect destination filter' : undefined;
}

function routeMap(rule: Template): void {
  const needs = (template: Template, up: number, text: string): void =>
    inCommit(
      template,
      ({ working, path }) => has(working, [...path.slice(0, path.length - up), 'action']),
      text,
    );
  names(on(rule, 'call'), 'route-map', "called route-map % doesn't exist");
  needs(on(rule, 'call'), 1, 'you must define an action');
  const asPath = on(rule, 'match as-path');
  needs(asPath, 2, 'You must specify an action');
  names(asPath, 'as-path-list', "match as-path: AS path list % doesn't exist");
  names(on(rule, 'match community community-list'), 'community-list', "community-list % doesn't exist");
  for (const [what, lists] of [
    ['ip address', ['access-list', 'prefix-list']],
    ['ip nexthop', ['access-list', 'prefix-list']],
    ['ip route-source', ['access-list', 'prefix-list']],
    ['ipv6 address', ['access-list6', 'prefix-list6']],
    ['ipv6 nexthop', ['access-list6', 'prefix-list']],
  ] as const)
    for (const list of lists) listOf(on(rule, `match ${what} ${list.replace('6', '')}`), list, needs);
  for (const leaf of ['interface', 'metric', 'origin', 'peer', 'tag'])
    needs(on(rule, `match ${leaf}`), 2, `${leaf === 'interface' ? 'You' : 'you'} must specify an action`);
  for (const leaf of ['ip-next-hop', 'local-preference', 'metric', 'origin', 'weight'])
    needs(on(rule, `set ${leaf}`), 2, 'you must specify an action');
  needs(on(rule, 'set community'), 2, 'You must specify an action');
  names(on(rule, 'set comm-list comm-list'), 'community-list', 'community list % does not exist');
}

function listOf(
  template: Template,
  list: List,
  needs: (template: Template, up: number, text: string) => void,
): void {
  const other = list.startsWith('access') ? 'prefix-list' : 'access-list';
  const isAlone = ({ working, path }: Act): boolean => !has(working, [...path.slice(0, -1), other]);
  inCommit(template, isAlone, 'you may only specify a prefix-list or access-list');
  names(template, list, `${list} % does not exist`);
  needs(template, 4, 'you must specify an action');
}

/** What routing protocols take from each other may go through a route map. */
function redistributions(protocols: Template): void {
  const sources = ['bgp address-family ipv6-unicast', 'bgp', 'ospf', 'ospfv3', 'rip', 'ripng'];
  for (const path of sources)
    for (const source of on(protocols, `${path} redistribute`).children.values())
      names(on(source, 'route-map'), 'route-map', "route-map % doesn't exist");
}
