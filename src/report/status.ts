// Tunnels as they are, for people and for programs.
import type { ChalkInstance } from 'chalk';
import { toldOf } from '../checks/device/interrupted.ts';
import type { NeighborStatus } from '../health/neighbor-status.ts';
import type { PeerStatus, RouteStatus, TunnelStatus } from '../health/status.ts';
import type { HeldApply, RouterFacts } from '../plan/types/facts.ts';
import type { Plan } from '../plan/types/plan.ts';
import { printDuration } from './duration.ts';
import { neighborBlock } from './neighbors.ts';
import { table } from './table.ts';
import { visible } from './visible.ts';

/** One apply that the router remembers. */
export interface LastApply {
  readonly id: string;
  readonly since: string;
  readonly who: string;
  readonly file: string;
}

export interface Status {
  readonly facts: RouterFacts;
  /** What it would take to make the router as wanted. */
  readonly plan: Plan;
  readonly tunnels: readonly TunnelStatus[];
  /** The sessions with the neighbours of the site file. */
  readonly neighbors: readonly NeighborStatus[];
  readonly lastApply: LastApply | undefined;
}

/** What a program wants to know; no secret is among it. */
export function statusData({ facts, plan, tunnels, neighbors, lastApply }: Status): object {
  return {
    format_version: '1.0',
    router: plan.router,
    version: facts.version,
    interfaces: tunnels,
    neighbors,
    commands_to_wanted: plan.summary.commands,
    unsaved: facts.drift,
    last_apply: lastApply ?? null,
    pending_confirms: facts.pendingConfirms,
    interrupted: facts.interrupted.map(({ id, began, wasHeld, isSavedAsBefore }) => ({
      id,
      began,
      was_held: wasHeld,
      saved_as_before: isSavedAsBefore ?? null,
    })),
    held: facts.held.map(({ id, who, since, file, tunnels, isWatched, secondsLeft, until, most }) => ({
      id,
      who,
      since,
      file,
      tunnels,
      watched: isWatched,
      seconds_left: secondsLeft,
      seconds_left_at_most: secondsLeft + most - until,
    })),
    applies: appliesOf(facts),
    commits: facts.commits,
  };
}

const appliesOf = (facts: RouterFacts): string[] =>
  facts.applies.trim() === '' ? [] : facts.applies.trim().split('\n');

export function renderStatus(status: Status, paint: ChalkInstance): string {
  const { facts, plan, tunnels, neighbors, lastApply } = status;
  const blocks = tunnels.map(tunnel => tunnelBlock(tunnel, paint));
  if (blocks.length === 0) blocks.push('no WireGuard interface is up, and the site file has none');
  if (neighbors.length > 0) blocks.push(neighborBlock(neighbors, paint));
  if (facts.drift.length > 0) blocks.push(list(paint.yellow('running, but not saved:'), facts.drift));
  if (!facts.isDriftKnown)
    blocks.push(paint.red('the router could not compare what is running with what is saved'));
  if (facts.pendingConfirms.length > 0)
    blocks.push(
      list(
        paint.red(
          "somebody's commit-confirm is pending; the router restarts into what was saved before it, at:",
        ),
        facts.pendingConfirms,
      ),
    );
  for (const one of facts.interrupted) blocks.push(paint.yellow(visible(toldOf(one))));
  if (facts.held.length > 0) blocks.push(facts.held.map(one => heldBlock(one, paint)).join('\n'));
  const pending = appliesOf(facts).filter(
    line => line.startsWith('== ') && !facts.held.some(({ id }) => line.includes(`/${id}.state `)),
  );
  if (pending.length > 0) blocks.push(list(paint.yellow('an apply under way, its switch armed:'), pending));
  if (lastApply !== undefined) {
    const end = appliesOf(facts).findLast(line => line.includes(lastApply.id) && !line.startsWith('== '));
    const outcome = end?.split(`${lastApply.id} `)[1];
    blocks.push(
      visible(
        `last apply: ${lastApply.id} at ${lastApply.since} by ${lastApply.who} from ${lastApply.file}${outcome === undefined ? '' : `: ${outcome}`}`,
      ),
    );
  }
  blocks.push(verdict(plan, [...tunnels, ...neighbors], paint));
  return `${blocks.join('\n\n')}\n`;
}

function heldBlock(
  { id, who, since, file, secondsLeft, isWatched }: HeldApply,
  paint: ChalkInstance,
): string {
  const head = `apply ${visible(id)} waits for a word, by ${visible(who)} since ${visible(since)}${file === '' ? '' : ` from ${visible(file)}`}:`;
  const end = isWatched
    ? `not saved; the router undoes it in ${printDuration(secondsLeft)}`
    : 'not saved, and its switch does not run: nobody undoes it until somebody says a word';
  return list(paint.yellow(head), [end, `edgewg confirm ${id}, edgewg undo ${id}, edgewg extend ${id}`]);
}

const list = (head: string, lines: readonly string[]): string =>
  [head, ...lines.map(line => `    ${visible(line)}`)].join('\n');

function verdict(
  { router, summary }: Plan,
  checked: readonly Pick<TunnelStatus, 'failed'>[],
  paint: ChalkInstance,
): string {
  const failed = checked.flatMap(({ failed: checks }) => checks).length;
  const checks = failed === 0 ? '' : `; ${failed} check${failed === 1 ? '' : 's'} failed`;
  if (summary.commands === 0)
    return (failed === 0 ? paint.green : paint.yellow)(
      `${visible(router)} is as the site file wants it${checks}`,
    );
  return paint.yellow(
    `${visible(router)} differs from the site file by ${summary.commands} command${summary.commands === 1 ? '' : 's'}: see edgewg plan${checks}`,
  );
}

function tunnelBlock(tunnel: TunnelStatus, paint: ChalkInstance): string {
  const { name, state, listen_port: port, mtu, addresses, peers, routes, drift, bypassed, failed } = tunnel;
  const open =
    tunnel.port === null ? '' : ` (${tunnel.port === 'open' ? 'open' : paint.yellow(tunnel.port)})`;
  const facts =
    state === 'missing'
      ? paint.red('not on the router')
      : `port ${port ?? '?'}${open}, MTU ${mtu ?? '?'}, ${addresses.map(visible).join(', ') || 'no address'}`;
  const words = [
    ...(state === 'disabled' ? [paint.yellow('disabled')] : []),
    ...(bypassed ? [paint.yellow('bypassed')] : []),
    ...(drift > 0 ? [paint.yellow(`drift: ${drift} ${drift === 1 ? 'leaf' : 'leaves'}`)] : []),
    ...(tunnel.in_site_file ? [] : [paint.dim('not in the site file')]),
  ];
  return [
    [`${paint.bold(visible(name))}  ${facts}`, ...words].join('  '),
    ...table(peers.map(peer => peerCells(peer, paint))).map(line => `    ${line}`),
    ...routeLines(routes, paint).map(line => `    ${line}`),
    ...failed.map(text => `    ${paint.red('failed:')} ${visible(text)}`),
  ].join('\n');
}

function peerCells(peer: PeerStatus, paint: ChalkInstance): string[] {
  const age = peer.handshake_seconds_ago;
  const handshake =
    age === null
      ? paint.yellow('no handshake yet')
      : age > 180
        ? paint.yellow(ago(age))
        : paint.green(ago(age));
  return [
    visible(peer.name ?? `${peer.public_key.slice(0, 8)}…`),
    handshake,
    endpointCell(peer, paint),
    `${bytes(peer.received)} received, ${bytes(peer.sent)} sent`,
  ];
}

/** Where the peer is, and where the file says it is, when that is an address and another one. */
function endpointCell({ endpoint, endpoint_wanted: wanted }: PeerStatus, paint: ChalkInstance): string {
  const seen = endpoint === null ? 'no endpoint' : visible(endpoint);
  if (wanted === null || wanted === endpoint) return seen;
  const isName = !/^(\[|\d+\.\d+\.\d+\.\d+:)/.test(wanted);
  return isName
    ? `${seen} (${visible(wanted)})`
    : `${seen} ${paint.yellow(`(the file: ${visible(wanted)})`)}`;
}

function routeLines(routes: readonly RouteStatus[], paint: ChalkInstance): string[] {
  const states = ['live', 'bypassed', 'down', 'missing', 'disabled'] as const;
  return states.flatMap(state => {
    const prefixes = routes.filter(route => route.state === state).map(({ prefix }) => visible(prefix));
    if (prefixes.length === 0) return [];
    const word = state === 'live' ? paint.green(state) : state === 'disabled' ? state : paint.yellow(state);
    return [`routes ${word}: ${prefixes.join(', ')}`];
  });
}

function ago(seconds: number): string {
  if (seconds < 120) return `handshake ${seconds} s ago`;
  if (seconds < 7200) return `handshake ${Math.floor(seconds / 60)} min ago`;
  return `handshake ${Math.floor(seconds / 3600)} h ago`;
}

function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = count;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
