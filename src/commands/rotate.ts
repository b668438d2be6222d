// `keys rotate TUNNEL`: another private key for an interface, in three steps that each leave a working state. The first makes the
// key and names it in the site file, the second is an apply of that and nothing else, the third takes the old file away.
import { Exit, Refused } from '../errors.ts';
import type { KeyInUse } from '../keys/rotation.ts';
import type { RouterFacts } from '../plan/types/facts.ts';
import { isEmpty } from '../plan/types/plan.ts';
import type { LoadedSite, Tunnel } from '../site/load.ts';
import { type ApplyingArgs, applySummary, mayApply, readApplying, runApply } from './applying.ts';
import type { Io } from './io.ts';
import { type Live, openDialer, planLive, readSite } from './live.ts';
import { showPlan } from './output.ts';
import { inUse } from './rotating.ts';

export interface RotateArgs extends ApplyingArgs {
  readonly file: string;
  readonly tunnel: string | undefined;
  readonly to: string | undefined;
  readonly switch: boolean | undefined;
  readonly finish: boolean | undefined;
  readonly 'accept-new-host-key': boolean | undefined;
}

export async function rotate(args: RotateArgs, io: Io): Promise<number> {
  const applying = readApplying(args);
  if ([args.switch, args.finish, args.to !== undefined].filter(Boolean).length > 1)
    throw new Refused('usage', '--to, --switch and --finish are three steps', 'give one of them');
  const loaded = await readSite(args.file, io);
  const tunnel = tunnelOf(loaded, args.tunnel);
  const dialer = await openDialer(loaded, args, io);
  if (args.switch === true) {
    const live = await planLive(loaded, dialer, io, 'all', 2);
    try {
      return await switchKey(live, tunnel, applying, args.file, io);
    } finally {
      await live.connection.close();
    }
  }
  const { readRouter } = await import('../router/read.ts');
  const connection = await dialer.dial(io.signal);
  try {
    const reading = await readRouter(connection, io.signal);
    if (args.finish !== true) {
      const { prepare } = await import('./prepare-key.ts');
      return await prepare({ loaded, tunnel, connection, reading }, args.to, args.file, io);
    }
    const { finish } = await import('./finish-rotation.ts');
    return await finish({ site: loaded.site, tunnel, connection, reading }, applying, io);
  } finally {
    await connection.close();
  }
}

function tunnelOf({ site }: LoadedSite, name: string | undefined): Tunnel {
  const known = site.tunnels.map(tunnel => tunnel.name).join(', ') || 'none';
  if (name === undefined)
    throw new Refused('usage', 'which tunnel?', `edgewg keys rotate TUNNEL; the site file has: ${known}`);
  const found = site.tunnels.find(tunnel => tunnel.name === name);
  if (found !== undefined) return found;
  throw new Refused('no-such-tunnel', `the site file has no tunnel ${name}`, `it has: ${known}`);
}

/** The site file's wish and nothing else, so that a tunnel that doesn't come back has one cause. */
async function switchKey(
  live: Live,
  tunnel: Tunnel,
  applying: ReturnType<typeof readApplying>,
  file: string,
  io: Io,
): Promise<number> {
  const { besidesTheSwitch } = await import('../keys/rotation.ts');
  const { plan } = live;
  const now = await inUse(tunnel, live.reading);
  if (isEmpty(plan))
    throw new Refused(
      'not-prepared',
      `${tunnel.name} runs with the key that the site file names`,
      `make its next one first: edgewg keys rotate ${tunnel.name}`,
    );
  const others = besidesTheSwitch(plan, tunnel.name);
  if (others.length > 0)
    throw new Refused(
      'more-than-the-key',
      `the site file asks for more than another key of ${tunnel.name}: ${others
        .slice(0, 3)
        .map(path => path.join(' '))
        .join('; ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`,
      'apply that first, or take it back, so that a tunnel that does not come back has one cause',
    );
  await showPlan(plan, { format: 'text', inverse: undefined }, io, { allowed: applying.allowed });
  await mayApply(plan, applying, io);
  const outcome = await runApply(live, { plan, replan: live.replan, file }, applying, io);
  io.stdout.write(applySummary(outcome, plan));
  io.stdout.write(oldStays(tunnel.name, now, live.reading.facts));
  return Exit.done;
}

function oldStays(name: string, { path }: KeyInUse, { keyFiles }: RouterFacts): string {
  if (path === undefined || !keyFiles.has(path)) return '';
  return `The old key stays in ${path}, so that a rollback finds it. When all peers work with the new one: edgewg keys rotate ${name} --finish\n`;
}
