// `tunnel`: a tunnel more in a site file that is there, or one less. Reads the router, asks what it can't know, and writes the file alone.
import { Exit, Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';
import type { Site } from '../site/site.ts';
import { answerOptions, askAnswers } from './answers.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, readSiteFile, siteOptions } from './live.ts';
import { parseRouter, readRouting } from './site-file.ts';

const { tunnel: _, ...questions } = answerOptions;

export const command = defineCommand({
  command: 'tunnel <action> [name]',
  describe: 'add, list and remove tunnels of a site file that is there',
  positionals: {
    action: {
      choices: ['add', 'list', 'remove'],
      demandOption: true,
      describe:
        'add: one more, asking as init does; list: those of the site file; remove: take one out of it',
    },
    name: { type: 'string', describe: 'the interface, wg0 to wg999; of add, default: the first free one' },
  },
  options: {
    ...siteOptions,
    ...questions,
    running: { type: 'string', describe: 'a saved configuration in place of the router' },
    ...accessOptions,
    format: { choices: ['text', 'json'], default: 'text', describe: 'of list', requiresArg: true },
  },
  examples: [
    ['edgewg tunnel add', 'asks; at a terminal'],
    [
      'edgewg tunnel add wg6 --address 10.9.1.1/32 --public-key KEY --allowed-ips 10.9.1.2/32',
      'asks nothing; then edgewg plan',
    ],
    ['edgewg tunnel remove wg6', 'with the rules that open its port; then edgewg plan'],
  ],
  async run(args, io) {
    if (args.action === 'list') return await list(args, io);
    if (args.file === '-')
      throw new Refused('usage', `tunnel ${args.action} writes to the site file`, 'name it with --file');
    return args.action === 'add' ? await add(args, io) : await remove(args, io);
  },
});

interface SiteArgs {
  readonly file: string;
  readonly name: string | undefined;
}

interface AddArgs extends SiteArgs, Omit<Parameters<typeof askAnswers>[0], 'tunnel'> {
  readonly running: string | undefined;
  readonly router: string | undefined;
  readonly 'accept-new-host-key': boolean | undefined;
}

async function add(args: AddArgs, io: Io): Promise<number> {
  const text = (await readSiteFile(args.file, io)).toString('utf8');
  const { loadSite } = await import('../site/load.ts');
  const { site } = loadSite(text, args.file);
  if (site.tunnels.some(({ name }) => name === args.name))
    throw new Refused('tunnel-exists', `${visible(args.file)} has ${args.name} already`, 'change it there');
  const keep = { running: args.running, 'accept-new-host-key': args['accept-new-host-key'] };
  const access = args.router === undefined ? site.router : parseRouter(args.router);
  const { running } = (await readRouting(keep, access, io)).router;
  const { withSiteTunnels } = await import('../edit/tunnels.ts');
  const answers = await askAnswers({ ...args, tunnel: args.name }, withSiteTunnels(running, site), io);
  const { tunnel: there } = await import('../objects/tunnel.ts');
  if (there.has(running, answers.tunnel))
    throw new Refused(
      'tunnel-exists',
      `the router has ${answers.tunnel} already, and the file would take it over`,
      'take another name; or bring it into the file with `edgewg import`',
    );
  const { addTunnel } = await import('../edit/tunnels.ts');
  const after = addTunnel(text, args.file, running, answers);
  await io.rewriteFile(args.file, after);
  if (!io.isQuiet)
    io.stderr.write(
      `${visible(args.file)} has ${answers.tunnel} with UDP port ${answers.listenPort}; see edgewg plan, then edgewg apply, which prints its public key\n`,
    );
  return Exit.done;
}

async function remove({ file, name }: SiteArgs, io: Io): Promise<number> {
  if (name === undefined)
    throw new Refused('usage', 'which tunnel? tunnel remove needs a name', 'edgewg tunnel remove NAME');
  const text = (await readSiteFile(file, io)).toString('utf8');
  const { removeTunnel } = await import('../edit/tunnels.ts');
  const removed = removeTunnel(text, file, name);
  if (removed === undefined) {
    const { loadSite } = await import('../site/load.ts');
    throw new Refused(
      'no-tunnel',
      `the site file has no ${visible(name)}`,
      `it has ${namesOf(loadSite(text, file).site)}`,
    );
  }
  await io.rewriteFile(file, removed.text);
  if (io.isQuiet) return Exit.done;
  const how =
    removed.absent.length === 0
      ? "what the file manages and doesn't name is deleted"
      : `${removed.absent.join(', ')} stand${removed.absent.length === 1 ? 's' : ''} under absent`;
  io.stderr.write(
    `${visible(file)} has no ${visible(name)} any more: ${how}. A router that has it keeps it until edgewg apply, which asks for --allow delete=1 unless limits.deleteInterfaces allows it\n`,
  );
  return Exit.done;
}

const namesOf = ({ tunnels }: Site): string => tunnels.map(({ name }) => name).join(', ') || 'none';

async function list({ file, format }: SiteArgs & { readonly format: string }, io: Io): Promise<number> {
  const { readSite } = await import('./live.ts');
  const { site } = await readSite(file, io);
  const { renderTunnels, renderTunnelsJson } = await import('../report/tunnels.ts');
  io.stdout.write(format === 'json' ? renderTunnelsJson(site.tunnels) : renderTunnels(site.tunnels));
  return Exit.done;
}
