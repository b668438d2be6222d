// EW031: an interface that goes and that others still name, or go through: NAT, DNS, load balancing, tables, zones, next hops.
import { tunnel } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { has, leaves, type Path, startsWith } from '../../vyatta/tree.ts';
import { printCommand } from '../../vyatta/words.ts';
import { onRouter, viewOf } from '../view.ts';

export const stillUsed: Check = {
  explanations: {
    EW031: {
      title: 'a tunnel goes that others still use',
      why: `The plan deletes an interface, or renames it, which is the same to the router. Lines that aren't edgewg's still name it: a
        NAT rule, a load-balance group, a port forward, a table of policy routing; or a next hop, a BGP neighbour, lies behind
        it. Its zone and its listener of DNS go with it. Some of them make the router refuse the commit; the others stay, do nothing, and send
        packets another way than anybody thinks.`,
      way: `Take the lines out on the router, or move them to the interface that comes in its place; the finding lists them all. --allow
        in-use applies all the same and leaves them as they are.`,
    },
  },
  find: input =>
    tunnel
      .names(input.running)
      .filter(name => !tunnel.has(input.after, name))
      .flatMap(name => told(input, name)),
};

function told(input: CheckInput, name: string): Finding[] {
  const users = [...naming(input, name), ...reaching(input, name)];
  const [first] = users;
  if (first === undefined) return [];
  const lines = users.map(path => printCommand('set', path).replace(/^set /, ''));
  const shown = lines.slice(0, most).join('; ');
  const more = lines.length > most ? `; and ${lines.length - most} more` : '';
  const at = input.site.absent.tunnels.includes(name)
    ? [...input.site.absent.at, 'tunnels']
    : input.site.manages.at;
  return [
    {
      code: 'EW031',
      severity: 'error',
      message: `${name} goes, and is still used by ${lines.length} line${lines.length === 1 ? '' : 's'} of the router: ${shown}${more}`,
      hint: 'take them out on the router first, or move them to another interface',
      source: input.placeOf(at),
      running: onRouter(input, first),
      allow: 'in-use',
    },
  ];
}

const most = 12;

/** Leaves that have its name as a word, in one of EdgeOS's own group names too. */
function naming({ after }: CheckInput, name: string): Path[] {
  const words = new Set([
    name,
    ...['ADDR', 'NET'].flatMap(kind => [`${kind}v4_${name}`, `${kind}v6_${name}`]),
  ]);
  const mine = tunnel.path(name);
  return unique(
    [...leaves(after)]
      .map(({ path }) => path)
      .filter(path => !startsWith(path, mine) && !isProse(path))
      .flatMap(path => {
        const index = path.findIndex((word, i) => i > 0 && words.has(word));
        return index === -1 ? [] : [path.slice(0, index + 1)];
      }),
  );
}

/** Text for people may have any word. */
const isProse = (path: Path): boolean => path.some(word => word === 'description' || word === 'host-name');

/** Next hops and BGP neighbours that are reached through it now, and through nothing then. */
function reaching(input: CheckInput, name: string): Path[] {
  const { before, after } = viewOf(input);
  const hops = before.routing.main.all.filter(({ out, via }) => via !== undefined && out === name);
  const neighbors = before.routing.announced.filter(({ out }) => out === name);
  return unique([
    ...hops.map(({ path }) => path),
    ...neighbors.map(({ path, neighbor }) => path.slice(0, path.indexOf(neighbor) + 1)),
  ]).filter(path => path.length > 0 && has(after.tree, path));
}

const unique = (paths: readonly Path[]): Path[] => [
  ...new Map(paths.map(path => [path.join('\0'), path])).values(),
];
