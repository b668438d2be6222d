// `cluster`: the other end of the tunnels, as files for the nodes.
import { Exit, Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import { readSite, siteOptions } from './live.ts';

const actions = ['render', 'check', 'sync-nodes'] as const;

export const command = defineCommand({
  command: 'cluster <action> [nodes]',
  describe: 'render the other end of the tunnels, and compare it with what runs',
  positionals: {
    action: {
      choices: actions,
      demandOption: true,
      describe: 'render: files for the nodes; check: against what runs; sync-nodes: nodes from the cluster',
    },
    nodes: { type: 'string', describe: 'for sync-nodes: `kubectl get nodes -o json`, - for standard input' },
  },
  options: {
    ...siteOptions,
    variant: {
      choices: ['wg-quick', 'networkd', 'netplan', 'ifupdown', 'talos', 'kubernetes'],
      describe: 'who sets the nodes up',
      default: 'wg-quick',
      requiresArg: true,
    },
    'with-secrets': {
      type: 'string',
      describe: 'also find keys and passwords, and write them below this folder (0600); else none is touched',
    },
    live: {
      type: 'string',
      describe:
        'for check: `wg show all dump` of a node, its `ip -j` address, rule and route show table all, or `kubectl get ... -o json`',
    },
    out: { type: 'string', describe: 'write the files below this folder; without it they are printed' },
  },
  examples: [
    ['edgewg cluster render --out nodes', 'nodes/srv4/etc/wireguard/wg0.conf and so on, for wg-quick'],
    ['edgewg cluster render --variant networkd --out nodes', 'for systemd-networkd'],
    ['edgewg cluster render --variant kubernetes | kubectl apply -f -', 'pods that set the nodes up'],
    ['kubectl get nodes -o json | edgewg cluster sync-nodes -', 'what to write under cluster.nodes'],
    ['edgewg cluster check --live srv4.dump', 'exits with 2 where what runs differs'],
  ],
  async run(args, io) {
    const loaded = await readSite(args.file, io);
    if (loaded.site.cluster === undefined)
      throw new Refused(
        'no-cluster',
        `${visible(args.file)} says nothing of the other end`,
        'describe it under `cluster`: its nodes at least; `edgewg schema` has all of its keys',
      );
    const needs = (what: string): never => {
      throw new Refused('usage', `cluster ${args.action} needs ${what}`, 'see edgewg cluster --help');
    };
    if (args.action === 'check') {
      const { checkLive } = await import('./cluster-live.ts');
      return await checkLive(loaded, args.live ?? needs('--live FILE'), io);
    }
    if (args.action === 'sync-nodes') {
      const { printSync } = await import('./cluster-live.ts');
      return await printSync(loaded, loaded.site.cluster, args.nodes ?? needs('a file of nodes, or -'), io);
    }
    const { renderCluster } = await import('./cluster-render.ts');
    await renderCluster(loaded, args, io);
    return Exit.done;
  },
});
