// The proofs of an apply that is held, as its router keeps them for whoever decides. Only those that the router asks: an address that a
// machine fetches, or a command that it runs, comes from its own site file and from no router.
import type { Proof } from '../../plan/types/proof.ts';
import { httpUrl, tcpPlace } from '../../site/grammar/proof.ts';
import { parseAddress } from '../../wireguard/prefix.ts';

export interface ToldProofs {
  readonly proofs: readonly Proof[];
  /** How many were done besides. */
  readonly others: number;
}

const isRouters = (proof: Proof): boolean =>
  proof.do !== 'command' && !('by' in proof && proof.by !== 'router');

/** Lines of text. */
export function tellProofs(proofs: readonly Proof[]): string[] {
  const own = proofs.filter(isRouters);
  const lines = own.map(({ source: _, ...proof }) => `proof ${JSON.stringify(proof)}`);
  return own.length === proofs.length ? lines : [...lines, `others ${proofs.length - own.length}`];
}

/** Of such lines among others. One that can't be read counts as one more. */
export function readTold(lines: readonly string[]): ToldProofs {
  const told = lines
    .filter(line => line.startsWith('proof '))
    .map(line => proofOf(line.slice('proof '.length)));
  const proofs = told.filter(proof => proof !== undefined);
  const others = Number(/^others (\d+)$/m.exec(lines.join('\n'))?.[1] ?? 0);
  return { proofs, others: others + told.length - proofs.length };
}

type Test = (value: unknown) => boolean;

const isTunnel: Test = value => typeof value === 'string' && /^wg\d{1,3}$/.test(value);
const isWritten =
  (isRight: (text: string) => boolean): Test =>
  value =>
    typeof value === 'string' && isRight(value);
const isNumber =
  (most: number): Test =>
  value =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
const maybe =
  (test: Test): Test =>
  value =>
    value === undefined || test(value);
const isRouter: Test = value => value === 'router';

/** What each kind has. */
const kinds = new Map<unknown, Readonly<Record<string, Test>>>(
  Object.entries({
    handshake: { tunnel: isTunnel },
    ping: { tunnel: isTunnel },
    bgp: {
      neighbor: isWritten(text => parseAddress(text) !== undefined),
      name: isWritten(() => true),
      prefixes: maybe(isNumber(1_000_000)),
      tunnel: maybe(isTunnel),
    },
    tcp: { by: isRouter, to: isWritten(text => tcpPlace.check(text) === undefined), tunnel: maybe(isTunnel) },
    http: {
      by: isRouter,
      url: isWritten(text => httpUrl.check(text) === undefined),
      status: maybe(isNumber(599)),
      tunnel: maybe(isTunnel),
    },
  }),
);

function proofOf(text: string): Proof | undefined {
  const said = objectOf(text);
  const { do: what, within, ...rest } = said;
  const fields = kinds.get(what);
  if (fields === undefined || !isNumber(86_400)(within)) return undefined;
  const isWhole = Object.entries(fields).every(([name, test]) => test(rest[name]));
  return isWhole && Object.keys(rest).every(name => name in fields) ? (said as unknown as Proof) : undefined;
}

function objectOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
