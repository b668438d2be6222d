// What of the kernel an apply touches, from the paths of its commands; and so what must be read of it afterwards.
import { find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import { type Family, parsePrefix, printPrefix } from '../../wireguard/prefix.ts';
import { staticRoutes, staticTables } from '../routing/statics.ts';
import type { RouteName } from './routes.ts';
import { type Attachment, allNumbers, type RulesetTouch, type RulesetTree, tableOf } from './rulesets.ts';

export interface Touches {
  readonly routes: readonly RouteName[];
  readonly rulesets: readonly RulesetTouch[];
  /** Rulesets whose default action is touched. */
  readonly defaults: readonly { readonly tree: RulesetTree; readonly name: string }[];
  readonly attachments: readonly Attachment[];
  readonly clamps: readonly Family[];
  readonly nat: readonly string[];
  /** Policy tables that rules of a touched ruleset send packets to. */
  readonly tables: readonly string[];
  readonly tunnels: readonly string[];
}

const trees: readonly RulesetTree[] = ['name', 'ipv6-name', 'modify', 'ipv6-modify'];

/** `paths`: of all commands; `before` and `after`: the whole configuration without and with them. */
export function touchesOf(paths: readonly Path[], before: Tree, after: Tree): Touches {
  const tunnels = [...new Set(paths.flatMap(path => (isTunnel(path) ? [path[2] ?? ''] : [])))];
  const rulesets = rulesetTouches(paths, before, after);
  return {
    routes: routeTouches(paths, before, after, tunnels),
    rulesets,
    defaults: rulesets.filter(({ tree, name }) =>
      paths.some(path => isBelow(path, ['firewall', tree, name]) && path[3] !== 'rule'),
    ),
    attachments: attachmentsOf(after, before, tunnels, rulesets),
    clamps: ([4, 6] as const).filter(family =>
      paths.some(path => isBelow(path, ['firewall', 'options', family === 4 ? 'mss-clamp' : 'mss-clamp6'])),
    ),
    nat: [
      ...new Set(paths.flatMap(path => (isBelow(path, ['service', 'nat', 'rule']) ? [path[3] ?? ''] : []))),
    ],
    tables: [...new Set(rulesets.flatMap(touch => tablesOf(after, touch)))],
    tunnels,
  };
}

const isTunnel = (path: Path): boolean =>
  path[0] === 'interfaces' && path[1] === 'wireguard' && path[2] !== undefined;

const isBelow = (path: Path, top: Path): boolean => top.every((word, i) => path[i] === word);

/** The same touches by shorter paths, a path each and no values: for whoever looks long after the commands. */
export function kernelPaths(paths: readonly Path[]): Path[] {
  const heads = paths.flatMap(path => {
    const head = headOf(path);
    return head === undefined ? [] : [head];
  });
  return [...new Map(heads.map(head => [head.join(' '), head])).values()];
}

function headOf(path: Path): Path | undefined {
  if (isTunnel(path)) return path.slice(0, 3);
  if (routeOf(path).length > 0) return path.slice(0, path[2] === 'table' ? 6 : 4);
  if (isBelow(path, ['service', 'nat', 'rule'])) return path.slice(0, 4);
  if (path[0] !== 'firewall') return undefined;
  if (path[1] === 'options') return path[2]?.startsWith('mss-clamp') ? path.slice(0, 3) : undefined;
  return trees.some(tree => tree === path[1]) ? path.slice(0, path[3] === 'rule' ? 5 : 4) : undefined;
}

/** Of such paths those that can still be judged: of a route that went nobody knows any more which way it took. */
export const stillJudged = (paths: readonly Path[], running: Tree): Path[] =>
  paths.filter(path => routeOf(path).length === 0 || find(running, path) !== undefined);

function rulesetTouches(paths: readonly Path[], before: Tree, after: Tree): RulesetTouch[] {
  const found = new Map<string, { tree: RulesetTree; name: string; numbers: Set<number> }>();
  for (const path of paths) {
    const [top, tree, name, rule, number] = path;
    const kind = trees.find(one => one === tree);
    if (top !== 'firewall' || kind === undefined || name === undefined) continue;
    const touch = found.get(`${kind} ${name}`) ?? { tree: kind, name, numbers: new Set<number>() };
    found.set(`${kind} ${name}`, touch);
    if (rule === 'rule' && number !== undefined) touch.numbers.add(Number(number));
    // the ruleset as a whole, as when it is deleted
    else if (rule === undefined)
      for (const one of [...allNumbers(before, kind, name), ...allNumbers(after, kind, name)])
        touch.numbers.add(one);
  }
  return [...found.values()];
}

function routeTouches(
  paths: readonly Path[],
  before: Tree,
  after: Tree,
  tunnels: readonly string[],
): RouteName[] {
  // a link that goes down and up takes its routes along
  const through = [before, after].flatMap(tree =>
    [undefined, ...values(tree, staticTables)].flatMap(table =>
      staticRoutes(tree, table)
        .filter(({ out }) => out !== undefined && tunnels.includes(out))
        .map(({ prefix }) => ({ table, prefix: printPrefix(prefix) })),
    ),
  );
  const all = [...paths.flatMap(routeOf), ...through];
  return [...new Map(all.map(name => [`${name.table} ${name.prefix}`, name])).values()];
}

/** The route that a path of `protocols static` is about. */
function routeOf(path: Path): RouteName[] {
  if (!isBelow(path, ['protocols', 'static'])) return [];
  const table = path[2] === 'table' ? path[3] : undefined;
  const [kind = '', text = ''] = path.slice(table === undefined ? 2 : 4);
  const prefix = /^(interface-)?route6?$/.test(kind) ? parsePrefix(text) : undefined;
  return prefix === undefined ? [] : [{ table, prefix: printPrefix(prefix) }];
}

/** Those of the touched tunnels, and those by which packets reach a touched ruleset. */
function attachmentsOf(
  after: Tree,
  before: Tree,
  tunnels: readonly string[],
  rulesets: readonly RulesetTouch[],
): Attachment[] {
  const found: Attachment[] = [];
  for (const { name, node, old } of interfacesOf(after, before))
    for (const direction of ['in', 'out', 'local'] as const)
      for (const tree of trees) {
        const path = ['firewall', direction, tree];
        const ruleset = node && value(node, path);
        const was = old && value(old, path);
        const isTouched = tunnels.includes(name) && (ruleset !== undefined || was !== undefined);
        const isAsked = rulesets.some(one => one.tree === tree && one.name === ruleset);
        // an interface that is gone has taken its rule along, or has left it where no packet comes
        if (node !== undefined && (isTouched || isAsked))
          found.push({ interface: name, direction, tree, ruleset, isTouched });
      }
  return found;
}

interface Face {
  readonly name: string;
  readonly node: Tree | undefined;
  readonly old: Tree | undefined;
}

/** Every interface of `interfaces`, with its VLANs and PPPoE links, by the name that the kernel gives it. */
function interfacesOf(after: Tree, before: Tree): Face[] {
  const names = new Map<string, { node?: Tree; old?: Tree }>();
  const walk = (tree: Tree, key: 'node' | 'old'): void => {
    const add = (name: string, node: Tree): void => {
      names.set(name, { ...names.get(name), [key]: node });
      for (const [vlan, below] of node.children.get('vif')?.children ?? []) add(`${name}.${vlan}`, below);
      for (const [number, below] of node.children.get('pppoe')?.children ?? []) add(`pppoe${number}`, below);
    };
    for (const [, kind] of tree.children.get('interfaces')?.children ?? [])
      for (const [name, node] of kind.children) add(name, node);
  };
  walk(after, 'node');
  walk(before, 'old');
  return [...names].map(([name, { node, old }]) => ({ name, node, old }));
}

function tablesOf(after: Tree, { tree, name, numbers }: RulesetTouch): string[] {
  if (tree !== 'modify') return [];
  return [...numbers].flatMap(number => {
    const table = value(after, ['firewall', tree, name, 'rule', String(number), 'modify', 'table']);
    return table === undefined || table === 'main' ? [] : [table];
  });
}

/** What `read.sh` is asked for. */
export type Part = 'routes' | 'filter' | 'mangle' | 'nat' | 'filter6' | 'mangle6' | 'rules' | 'sources';

export function partsOf(touches: Touches): Part[] {
  const { routes, rulesets, attachments, clamps, nat, tables, tunnels } = touches;
  const parts = new Set<Part>();
  const add = (tree: RulesetTree): void => {
    parts.add(tree.startsWith('ipv6') ? `${tableOf(tree)}6` : tableOf(tree));
  };
  if (routes.length > 0 || tunnels.length > 0) parts.add('routes');
  for (const { tree } of [...rulesets, ...attachments]) add(tree);
  for (const family of clamps) parts.add(family === 4 ? 'mangle' : 'mangle6');
  if (nat.length > 0) parts.add('nat');
  if (tables.length > 0) parts.add('rules');
  if (tunnels.length > 0) parts.add('sources');
  return [...parts];
}
