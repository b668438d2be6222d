// `cluster`: the other end of the tunnels, as files for the nodes.
import { Exit, Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import { readSite, siteOptions } from './live.ts';

const actions = ['render'] as const;

export const command = defineCommand({
  command: 'cluster <action>',
  describe: 'render the other end of the tunnels',
  positionals: {
    action: { choices: actions, demandOption: true, describe: 'render: files for the nodes' },
  },
  options: {
    ...siteOptions,
    variant: {
      choices: ['wg-quick', 'networkd', 'netplan', 'ifupdown', 'kubernetes'],
      describe: 'who sets the nodes up',
      default: 'wg-quick',
      requiresArg: true,
    },
    'with-secrets': {
      type: 'string',
      describe: 'also find keys and passwords, and write them below this folder (0600); else none is touched',
    },
    out: { type: 'string', describe: 'write the files below this folder; without it they are printed' },
  },
  examples: [
    ['edgewg cluster render --out nodes', 'nodes/srv4/etc/wireguard/wg0.conf and so on, for wg-quick'],
    ['edgewg cluster render --variant networkd --out nodes', 'for systemd-networkd'],
    ['edgewg cluster render --variant kubernetes | kubectl apply -f -', 'pods that set the nodes up'],
  ],
  async run(args, io) {
    const loaded = await readSite(args.file, io);
    if (loaded.site.cluster === undefined)
      throw new Refused(
        'no-cluster',
        `${visible(args.file)} says nothing of the other end`,
        'describe it under `cluster`; fixtures/blog/site.yaml has one',
      );
    const { renderCluster } = await import('./cluster-render.ts');
    await renderCluster(loaded, args, io);
    return Exit.done;
  },
});
