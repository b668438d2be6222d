// The site file of what a router has. Pure: a running configuration in; a text out, with what it leaves unsaid and its proof.

import { deriveWanted, draftObjects } from '../objects/all.ts';
import { Draft } from '../objects/draft.ts';
import { tunnel } from '../objects/tunnel.ts';
import { refusals } from '../plan/allow.ts';
import type { Check } from '../plan/types/check.ts';
import { type Finding, isEmpty, type Operation, type Plan } from '../plan/types/plan.ts';
import { loadSite } from '../site/load.ts';
import { startsWith } from '../vyatta/tree.ts';
import { printCommand } from '../vyatta/words.ts';
import { planFor, type Reduced, type Router, reduceToEmptyPlan } from './reduce-to-empty-plan.ts';
import { type Unmanaged, unmanaged } from './unmanaged.ts';
import { writeDraft } from './write.ts';

export interface Access {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

export interface Imported {
  readonly text: string;
  /** Of the text, against the same router: empty, or the proof failed. */
  readonly plan: Plan;
  readonly unmanaged: readonly Unmanaged[];
  /** Interfaces that could be the file's as a whole without a change; with `manages` they are. */
  readonly claimable: readonly string[];
  /** Why an interface couldn't, by name. */
  readonly unclaimed: ReadonlyMap<string, string>;
  readonly tunnels: number;
  /** WireGuard interfaces of the router that the file doesn't have, with the reason. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Errors of the plan: the next `plan` or `apply` of the text would be refused for them. */
  readonly refused: readonly Finding[];
}

/** `manages`: say that what can be is the file's as a whole. `file` is the name for places. */
export function importSite(
  router: Router,
  access: Access,
  options: { manages: boolean; file: string; checks: readonly Check[] },
): Imported {
  const { running, facts } = router;
  const { file } = options;
  const draft = draftOf(router, access);
  const reduced = reduceToEmptyPlan(draft, router, file);
  const { claimable, unclaimed } = claims(draft, router, file);
  if (options.manages && claimable.length > 0) draft.set(['manages', 'interfaces'], [...claimable]);
  const { site, place } = options.manages ? loadSite(writeDraft(draft), file) : reduced.loaded;
  const placeOf = (path: Parameters<typeof place>[0]) => place(path);
  const keyPath: Parameters<typeof deriveWanted>[3] = source =>
    source.kind === 'router' ? source.path : undefined;
  const wanted = deriveWanted(site, placeOf, running, keyPath, facts?.probes);
  const rest = unmanaged(running, wanted.tree, site, reduced.removed);
  const text = writeDraft(draft, headOf(claimable, unclaimed, options.manages), tailOf(rest));
  const plan = planFor(loadSite(text, file), router, options.checks);
  const named = new Set(site.tunnels.map(({ name }) => name));
  const leftOut = tunnel.names(running).filter(name => !named.has(name));
  return {
    text,
    plan,
    unmanaged: rest,
    claimable,
    unclaimed,
    tunnels: named.size,
    leftOut: leftOut.map(name => ({ name, why: whyNot(name, reduced.removed) })),
    refused: refusals(plan.diagnostics, new Map()),
  };
}

function whyNot(name: string, removed: Reduced['removed']): string {
  const path = tunnel.path(name);
  return removed.find(({ running }) => startsWith(running, path))?.why ?? 'the site file has no word for it';
}

/** Everything that could be said, whether the file's rules like it or not. */
export function draftOf({ running }: Router, access: Access): Draft {
  const draft = new Draft();
  draft.set(['version'], 1);
  draft.set(['router'], { ...access });
  draftObjects(draft, running);
  return draft;
}

/** Interfaces that may be managed as a whole: nothing of the plan is about them. */
function claims(draft: Draft, router: Router, file: string): Pick<Imported, 'claimable' | 'unclaimed'> {
  const names = Object.keys((draft.data['tunnels'] ?? {}) as object);
  const unclaimed = new Map<string, string>();
  if (names.length === 0) return { claimable: [], unclaimed };
  const managing = (some: readonly string[]): Plan => {
    draft.set(['manages', 'interfaces'], [...some]);
    const made = planFor(loadSite(writeDraft(draft), file), router);
    delete draft.data['manages'];
    return made;
  };
  const plan = managing(names);
  const commands = plan.commits.flatMap(({ run }) => run);
  for (const name of names) {
    const own = commands.filter(({ path }) => path.includes(name));
    if (own.length > 0) unclaimed.set(name, tellCommands(own));
    else if (plan.keys.some(({ tunnel }) => tunnel === name))
      unclaimed.set(name, 'its private key would move into a file');
  }
  const left = names.filter(name => !unclaimed.has(name));
  // what a tunnel's clients have on the router doesn't bear its name
  if (left.length > 0 && !isEmpty(managing(left)))
    for (const name of left) {
      const own = managing([name]).commits.flatMap(({ run }) => run);
      if (own.length > 0) unclaimed.set(name, tellCommands(own));
    }
  const claimable = names.filter(name => !unclaimed.has(name));
  return { claimable, unclaimed };
}

function tellCommands(commands: readonly Operation[]): string {
  const [first, ...more] = commands.filter(({ op }) => op !== 'prune');
  if (first === undefined) return 'edgewg would change something';
  const rest = more.length > 0 ? ` and ${more.length} more` : '';
  return `edgewg would ${printCommand(first.op === 'set' ? 'set' : 'delete', first.path)}${rest}`;
}

function headOf(
  claimable: readonly string[],
  unclaimed: ReadonlyMap<string, string>,
  isManaged: boolean,
): string[] {
  const lines = [
    '',
    'The WireGuard of a router as edgewg found it: a plan of this file changes nothing there. Of the tunnels below only what is',
    "said here is edgewg's; all else is kept.",
  ];
  if (claimable.length > 0 && !isManaged)
    lines.push(
      'What goes out of the file goes off the router too with this line, which changes nothing today:',
      `manages: { interfaces: [${claimable.join(', ')}] }`,
    );
  for (const [name, why] of unclaimed) lines.push(`${name} is not for \`manages\` without a change: ${why}`);
  return lines;
}

function tailOf(rest: readonly Unmanaged[]): string[] {
  if (rest.length === 0) return [];
  return [
    '',
    'Not said above, and left on the router as it is:',
    ...rest.map(({ command, why }) => `${command}  # ${why}`),
  ];
}
