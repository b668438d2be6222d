// `plan --trace ADDRESS`: the way of packets through the router, before and after the plan.
import { Refused } from '../errors.ts';
import type { Plan } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import type { Tree } from '../vyatta/tree.ts';
import { parseAddress } from '../wireguard/prefix.ts';
import type { Io } from './io.ts';

export const traceOptions = {
  trace: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'with the way of packets to this address, route by route',
  },
} as const;

/** Before anything is read. */
export function checkTraces(addresses: readonly string[] = []): void {
  for (const address of addresses)
    if (parseAddress(address) === undefined)
      throw new Refused(
        'usage',
        `--trace ${visible(address)} is no IP address`,
        'names are not looked up: give the address, such as 10.42.4.7',
      );
}

/** `live`: lines of `ip route show`. Both ways are shown where the plan changes one. */
export async function showTraces(
  addresses: readonly string[],
  { plan, running, live }: { plan: Plan; running: Tree; live?: readonly string[] },
  { stdout }: Io,
): Promise<void> {
  const { configurationAfter } = await import('../plan/after.ts');
  const { renderTrace } = await import('../report/trace.ts');
  const { trace } = await import('../model/routing/trace.ts');
  const after = configurationAfter(running, plan.commits);
  for (const address of addresses) {
    const text = (tree: Tree, when: string): string => {
      const found = trace(tree, address, live);
      return found === undefined ? '' : renderTrace(found, when, stdout.paint);
    };
    const now = text(running, 'now');
    const then = text(after, 'after the plan');
    const isSame = now.split('\n').slice(1).join() === then.split('\n').slice(1).join();
    stdout.write(`\n${isSame ? '' : `${now}\n`}${then}`);
  }
}
