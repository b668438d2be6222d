// Which proofs an apply does: the site file's, which the plan names, and those of the command line. And what this machine asks by itself.
import { Refused } from '../errors.ts';
import { sessionSeconds } from '../model/routing/session.ts';
import { tunnel } from '../objects/tunnel.ts';
import { configurationAfter } from '../plan/after.ts';
import { usualSeconds } from '../plan/proofs.ts';
import { touchedInterfaces } from '../plan/touched.ts';
import type { Plan } from '../plan/types/plan.ts';
import type { Proof } from '../plan/types/proof.ts';
import { visible } from '../report/visible.ts';
import type { ClientChecks } from '../router/proof/given.ts';
import { farAddresses } from '../router/proof/handshakes.ts';
import type { Grammar } from '../site/grammar/grammar.ts';
import { address } from '../site/grammar/net.ts';
import { httpUrl, tcpPlace } from '../site/grammar/proof.ts';
import type { Connection } from '../ssh/connection.ts';
import type { Tree } from '../vyatta/tree.ts';
import { canonicalAddress } from '../wireguard/prefix.ts';
import type { Io } from './io.ts';

export const proofOptions = {
  'expect-handshake': {
    type: 'string',
    describe: 'undo unless every changed tunnel has a new handshake within so many seconds',
    requiresArg: true,
  },
  ping: {
    type: 'boolean',
    describe: "undo unless the far tunnel addresses answer a ping of the tunnel's full MTU",
  },
  'expect-bgp': {
    type: 'string',
    array: true,
    describe: "undo unless the BGP session with this neighbour's address is established",
    defaultDescription: 'none',
  },
  'expect-tcp': {
    type: 'string',
    array: true,
    describe: 'undo unless the router can connect to this HOST:PORT',
    defaultDescription: 'none',
  },
  'expect-http': {
    type: 'string',
    array: true,
    describe: 'undo unless the router gets this URL',
    defaultDescription: 'none',
  },
  'skip-proofs': {
    type: 'boolean',
    describe: "without the proofs that the site file's `proof` asks for",
  },
  'run-commands': {
    type: 'boolean',
    describe: "run the commands of the site file's `proof` on this machine",
  },
} as const;

export interface ProofArgs {
  readonly 'expect-handshake': string | undefined;
  readonly ping: boolean | undefined;
  readonly 'expect-bgp'?: readonly string[] | undefined;
  readonly 'expect-tcp'?: readonly string[] | undefined;
  readonly 'expect-http'?: readonly string[] | undefined;
  readonly 'skip-proofs'?: boolean | undefined;
  readonly 'run-commands'?: boolean | undefined;
}

/** What the command line asks for. */
export interface AskedProofs {
  /** Seconds; undefined: none is asked for. */
  readonly handshake: number | undefined;
  readonly ping: boolean;
  /** Canonical addresses. */
  readonly bgp: readonly string[];
  readonly tcp: readonly string[];
  readonly http: readonly string[];
  readonly isWithoutSite: boolean;
  readonly runCommands: boolean;
}

/** Throws {@link Refused} with code `usage` before anything is contacted. */
export function readProofs(args: ProofArgs, handshake: number | undefined): AskedProofs {
  const { 'expect-bgp': bgp = [], 'expect-tcp': tcp = [], 'expect-http': http = [] } = args;
  const asked = {
    handshake,
    ping: args.ping === true,
    isWithoutSite: args['skip-proofs'] === true,
    runCommands: args['run-commands'] === true,
  };
  check('expect-bgp', address, bgp);
  check('expect-tcp', tcpPlace, tcp);
  check('expect-http', httpUrl, http);
  return { ...asked, bgp: bgp.map(canonicalAddress), tcp, http };
}

function check(option: string, grammar: Grammar, texts: readonly string[]): void {
  for (const text of texts) {
    const fault = grammar.check(text);
    if (fault !== undefined)
      throw new Refused('usage', `--${option} ${visible(text)} ${fault.message}`, fault.hint);
  }
}

/** Those of the plan, and those of the command line in place of what they say of the same. */
export function proofsFor(plan: Plan, running: Tree, asked: AskedProofs): Proof[] {
  const after = configurationAfter(running, plan.commits);
  // one that goes has nothing to prove any more
  const tunnels = touchedInterfaces(plan).filter(
    name => tunnel.has(after, name) && !tunnel.says(after, 'disable', name),
  );
  const own: Proof[] = [
    ...(asked.handshake === undefined
      ? []
      : tunnels.map(tunnel => ({ do: 'handshake' as const, tunnel, within: asked.handshake ?? 0 }))),
    ...(asked.ping ? tunnels.map(tunnel => ({ do: 'ping' as const, tunnel, within: usualSeconds })) : []),
    ...asked.bgp.map(neighbor => ({
      do: 'bgp' as const,
      neighbor,
      name: neighbor,
      within: sessionSeconds(after, neighbor),
    })),
    ...asked.tcp.map(to => ({ do: 'tcp' as const, by: 'router' as const, to, within: usualSeconds })),
    ...asked.http.map(url => ({ do: 'http' as const, by: 'router' as const, url, within: usualSeconds })),
  ];
  const said = new Set(own.map(subject));
  const others = asked.isWithoutSite ? [] : (plan.proofs ?? []);
  return [...others.filter(proof => !said.has(subject(proof))), ...own];
}

/** What two proofs can't both be about. */
export function subject(proof: Proof): string {
  switch (proof.do) {
    case 'handshake':
    case 'ping':
      return `${proof.do} ${proof.tunnel}`;
    case 'bgp':
      return `${proof.do} ${proof.neighbor}`;
    case 'tcp':
      return `${proof.do} ${proof.by} ${proof.to}`;
    case 'http':
      return `${proof.do} ${proof.by} ${proof.url}`;
    case 'command':
      return `${proof.do} ${proof.run}`;
  }
}

/** Refuses, before anything is changed, what could never be seen `after` it: it would be undone for nothing. */
export async function refuseImpossible(
  proofs: readonly Proof[],
  connection: Connection,
  { runCommands }: Pick<AskedProofs, 'runCommands'>,
  after: Tree,
): Promise<void> {
  refuseCommands(proofs, runCommands);
  const mute = proofs.find(one => one.do === 'ping' && farAddresses(after, one.tunnel).length === 0);
  if (mute?.tunnel !== undefined)
    throw new Refused(
      'proof-impossible',
      `nobody behind ${mute.tunnel} can be pinged: none of its peers has an endpoint and a single address among its allowed IPs; nothing was done`,
      'name the tunnels that are meant, `ping: { tunnels: [wg4] }`, or leave the proof out',
    );
  if (!proofs.some(({ do: what, ...rest }) => what === 'ping' || ('by' in rest && rest.by === 'router')))
    return;
  const { missingFor } = await import('../router/proof/able.ts');
  const missing = await missingFor(proofs, connection);
  if (missing !== undefined)
    throw new Refused(
      'proof-impossible',
      `${missing.what} can't be asked from the router: it has no ${missing.program}; nothing was done`,
      'let this machine ask, with `from: client`, or leave the proof out',
    );
}

/** Who may change the site file must not run what they like. */
export function refuseCommands(proofs: readonly Proof[], runCommands: boolean): void {
  const command = proofs.find(proof => proof.do === 'command');
  if (command !== undefined && !runCommands)
    throw new Refused(
      'proof-command',
      `the site file wants \`${visible(command.run)}\` run on this machine; nothing was done`,
      'give --run-commands if you trust it, or --skip-proofs',
    );
}

/** `folder` is where commands run: the site file's; `withheld` are variables that hold secrets of others. */
export function clientChecks(io: Io, folder: string, withheld: readonly string[]): ClientChecks {
  return {
    async tcp(host, port, signal) {
      const { connect } = await import('node:net');
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ host, port, signal });
        socket.once('connect', () => {
          socket.destroy();
          resolve();
        });
        socket.once('error', reject);
      });
    },
    async http(url, signal) {
      // not fetch, which refuses ports that browsers refuse
      const { get } = await (url.startsWith('https:') ? import('node:https') : import('node:http'));
      return await new Promise((resolve, reject) => {
        const request = get(url, { signal, agent: false }, response => {
          response.destroy();
          resolve(response.statusCode ?? 0);
        });
        request.once('error', reject);
      });
    },
    async command(run, seconds) {
      const { splitWords } = await import('../site/grammar/command-words.ts');
      const { lastWords } = await import('../vyatta/scrub.ts');
      const words = splitWords(run);
      if ('message' in words) return String(words.message);
      const ran = await io.run(words, { cwd: folder, withheld, seconds });
      switch (ran.kind) {
        case 'ended':
          return ran.exit === 0 ? undefined : said(`exit code ${ran.exit}`, lastWords(ran.stderr));
        case 'killed':
          return said(`ended by ${ran.signal}`, lastWords(ran.stderr));
        case 'timeout':
          return `no end within ${ran.seconds} s`;
        case 'too-much':
          return 'it printed too much';
        case 'missing':
          return `there is no program ${words[0]}`;
        case 'forbidden':
          return `permission denied for ${words[0]}`;
      }
    },
  };
}

const said = (what: string, words: string): string => (words === '' ? what : `${what}: ${words}`);
