// EW307 and EW308: the task and the script that look up the names of a tunnel's peers (src/objects/resolver.ts) are edgewg's by their
// names; what somebody else has under such a name is neither run nor replaced.
import { taskOf } from '../../objects/endpoint-helper.ts';
import { helperFor, helperPathOf, isForeign, resolver } from '../../objects/resolver.ts';
import { changedHelpers } from '../../plan/helper-steps.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import { finding, onRouter } from '../view.ts';

export const helpers: Check = {
  explanations: {
    EW307: {
      title: 'a task of somebody else has the name that edgewg would give its own',
      why: `resolve makes a task of the router, edgewg-resolve- with the tunnel behind it, that runs a script of that name below
      /config/scripts. There is a task with that name which runs something else, or with arguments or at times that edgewg doesn't
      set. Whose it is can't be known.`,
      way: `Give that task another name on the router, or delete it: delete system task-scheduler task NAME. Then plan again.`,
    },
    EW308: {
      title: 'a script of edgewg on the router is not what edgewg wrote',
      why: `The script that looks up names has the digest of its content in its name. The file of that name holds something else or
      can't be run: somebody changed it, or the disk lost a part of it. The router runs it as root.`,
      way: `Look at the file, and take it away: sudo rm PATH. Then plan again: the apply puts it there as it should be.`,
    },
  },
  find: input =>
    input.site.tunnels.flatMap(tunnel => {
      const helper = helperFor(tunnel);
      return helper === undefined
        ? []
        : [...foreignTask(input, tunnel), ...changed(input, tunnel, helper.path)];
    }),
};

const placeOf = ({ at, peers }: Tunnel) => [
  ...(peers.find(peer => peer.resolve !== undefined)?.at ?? at),
  'resolve',
];

function foreignTask(input: CheckInput, tunnel: Tunnel): Finding[] {
  const { running } = input;
  if (!isForeign(running, tunnel.name)) return [];
  const task = taskOf(tunnel.name);
  const runs = helperPathOf(running, tunnel.name);
  const found = finding(input, placeOf(tunnel), {
    code: 'EW307',
    severity: 'error',
    message: `the router has a task ${task} that isn't edgewg's${runs === undefined ? '' : `: it runs ${runs}`}`,
    hint: `rename it on the router, or: delete system task-scheduler task ${task}`,
    running: onRouter(input, resolver.path(task)),
  });
  return [found];
}

function changed(input: CheckInput, tunnel: Tunnel, path: string): Finding[] {
  if (!changedHelpers(input.site, input.facts).includes(path)) return [];
  const found = finding(input, placeOf(tunnel), {
    code: 'EW308',
    severity: 'error',
    message: `${path} isn't what edgewg put there, or can't be run`,
    hint: `look at it, then sudo rm ${path} on the router; the next apply puts it there again`,
  });
  return [found];
}
