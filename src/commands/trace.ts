// `plan --trace [SOURCE] DESTINATION`: the way of packets through the router, before and after the plan.
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
    describe:
      'with the way of packets to this address, route by route; of two addresses, from the first to the second',
  },
} as const;

/** What stands behind an address and isn't a site file belongs to it. */
const second = /^(?!.*\.(ya?ml|json)$)[^-/][^/]*$/i;

/** `--trace SOURCE DESTINATION` as one value, since an option has one. */
export function joinTraces(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of argv) {
    const before = words.at(-1) ?? '';
    const given = before.startsWith('--trace=') ? before.slice('--trace='.length) : before;
    const isValue = given !== before || words.at(-2) === '--trace';
    if (isValue && parseAddress(given) !== undefined && second.test(word))
      words[words.length - 1] += ` ${word}`;
    else words.push(word);
  }
  return words;
}

/** Before anything is read. */
export function checkTraces(traces: readonly string[] = []): void {
  for (const text of traces) {
    const words = text.trim().split(/\s+/);
    const wrong = words.find(word => parseAddress(word) === undefined);
    const refuse = (message: string, hint: string): never => {
      throw new Refused('usage', message, hint);
    };
    if (wrong !== undefined)
      refuse(
        `--trace ${visible(wrong)} is no IP address`,
        words.length === 1
          ? 'names are not looked up: give the address, such as 10.42.4.7'
          : 'give two addresses, such as 192.168.1.20 1.1.1.1; a site file is named with -f',
      );
    const [source, destination] = words.map(parseAddress);
    if (words.length > 2) refuse('--trace takes one address or two', 'for more ways, give --trace again');
    if (destination === undefined) continue;
    if (source?.family !== destination.family)
      refuse(`--trace ${visible(text)}: one is IPv4, the other IPv6`, 'give two addresses of one family');
    if (source?.address === destination.address)
      refuse(`--trace ${visible(text)}: both are the same address`, 'give the source, then the destination');
  }
}

/** A way in words, with its head line first, and as data. */
interface Shown {
  readonly text: (when: string) => string;
  readonly data: unknown;
}

interface Made {
  readonly plan: Plan;
  readonly running: Tree;
  /** Lines of `ip route show`. */
  readonly live?: readonly string[];
}

async function shower(
  { live }: Made,
  { stdout: { paint } }: Io,
): Promise<(text: string, tree: Tree) => Shown> {
  const { renderTrace, traceJson } = await import('../report/trace.ts');
  const { trace } = await import('../model/routing/trace.ts');
  const { clientTrace } = await import('../model/routing/client-trace.ts');
  const { clientTraceJson, renderClientTrace } = await import('../report/client-trace.ts');
  return (text, tree) => {
    const [first = '', second] = text.trim().split(/\s+/);
    const both = second === undefined ? undefined : clientTrace(tree, first, second, live);
    if (both !== undefined)
      return { text: when => renderClientTrace(both, when, paint), data: clientTraceJson(both) };
    const one = trace(tree, first, live);
    return { text: when => (one ? renderTrace(one, when, paint) : ''), data: one ? traceJson(one) : null };
  };
}

/** Both ways are shown where the plan changes one. */
export async function showTraces(traces: readonly string[], made: Made, io: Io): Promise<void> {
  const { configurationAfter } = await import('../plan/after.ts');
  const show = await shower(made, io);
  const after = configurationAfter(made.running, made.plan.commits);
  for (const text of traces) {
    const now = show(text, made.running).text('now');
    const then = show(text, after).text('after the plan');
    const isSame = now.split('\n').slice(1).join() === then.split('\n').slice(1).join();
    io.stdout.write(`\n${isSame ? '' : `${now}\n`}${then}`);
  }
}

/** For `--format json`. */
export async function tracesAsData(traces: readonly string[], made: Made, io: Io): Promise<unknown[]> {
  const { configurationAfter } = await import('../plan/after.ts');
  const show = await shower(made, io);
  const after = configurationAfter(made.running, made.plan.commits);
  return traces.map(text => ({ now: show(text, made.running).data, after: show(text, after).data }));
}
