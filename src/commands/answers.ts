// What `init` has to know of a person: a flag for each answer, and a question where there is a terminal and no flag.
import { Refused } from '../errors.ts';
import type { Answers } from '../import/initial-site.ts';
import { visible } from '../report/visible.ts';
import type { Grammar } from '../site/grammar/grammar.ts';
import { publicKey } from '../site/grammar/keys.ts';
import { interfaceName, peerName } from '../site/grammar/names.ts';
import { endpoint, interfaceAddress, prefix } from '../site/grammar/net.ts';
import { interval } from '../site/grammar/texts.ts';
import type { Tree } from '../vyatta/tree.ts';
import { parseEndpoint } from '../wireguard/endpoint.ts';
import type { Io } from './io.ts';

export const answerOptions = {
  tunnel: { type: 'string', describe: 'the interface: wg0 to wg999; default: the first free one' },
  address: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: "the router's address in the tunnel, with its length",
  },
  'listen-port': { type: 'string', describe: 'the UDP port; default: a free one' },
  peer: { type: 'string', describe: 'a name for the other end; default: peer1' },
  'public-key': { type: 'string', describe: "the other end's public key" },
  endpoint: { type: 'string', describe: 'where the other end is reached, HOST:PORT; none when it calls' },
  resolve: {
    type: 'string',
    describe: 'how often the router looks the name of --endpoint up again, such as 5m; default: never',
  },
  'allowed-ips': {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'the prefixes at the other end',
  },
  route: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe:
      'the prefixes that are routed into the tunnel; default: --allowed-ips, but never all of the internet',
  },
} as const;

export interface AnswerArgs {
  readonly tunnel: string | undefined;
  readonly address: readonly string[] | undefined;
  readonly 'listen-port': string | undefined;
  readonly peer: string | undefined;
  readonly 'public-key': string | undefined;
  readonly endpoint: string | undefined;
  readonly resolve: string | undefined;
  readonly 'allowed-ips': readonly string[] | undefined;
  readonly route: readonly string[] | undefined;
}

/** Throws {@link Refused} with every answer that is missing, where nobody is there to ask, or with the first that is wrong. */
export async function askAnswers(args: AnswerArgs, running: Tree, io: Io): Promise<Answers> {
  const { freePort, freeTunnel, routesOf } = await import('../import/initial-site.ts');
  refuseMissing(args, io);
  const asker = new Asker(io);
  const tunnel = await asker.one('tunnel', args.tunnel, interfaceName, 'Interface', freeTunnel(running));
  const address = await asker.list(
    'address',
    args.address,
    interfaceAddress,
    "The router's address in the tunnel, such as 10.9.0.1/32",
  );
  const peer = await asker.one('peer', args.peer, peerName, 'A name for the other end', 'peer1');
  const key = await asker.one('public-key', args['public-key'], publicKey, 'Its public key');
  const where = await asker.one(
    'endpoint',
    args.endpoint,
    endpoint,
    'Where it is reached, HOST:PORT (empty: it calls)',
    '',
  );
  const resolve = await resolveOf(asker, args.resolve, where);
  const allowedIPs = await asker.list(
    'allowed-ips',
    args['allowed-ips'],
    prefix,
    'The prefixes at the other end, with commas',
  );
  const routes =
    args.route === undefined ? routesOf(allowedIPs) : await asker.list('route', args.route, prefix, '');
  return {
    tunnel,
    address,
    listenPort: portOf(args['listen-port']) ?? freePort(running, tunnel),
    peer,
    publicKey: key,
    ...(where === '' ? {} : { endpoint: where }),
    ...(resolve === '' ? {} : { resolve }),
    allowedIPs,
    routes,
  };
}

/** Of an endpoint that is a name alone; empty: it is looked up at commit and at boot. */
async function resolveOf(asker: Asker, said: string | undefined, where: string): Promise<string> {
  const isName = parseEndpoint(where)?.family === undefined && where !== '';
  if (!isName && said === undefined) return '';
  if (!isName)
    throw new Refused(
      'usage',
      `--resolve is for an --endpoint that is a name${where === '' ? '' : `, and ${where} is an address`}`,
      'leave it out, or give --endpoint NAME:PORT',
    );
  const question = 'How often the router looks that name up again, such as 5m (empty: never)';
  return await asker.one('resolve', said, interval, question, '');
}

const needed = ['address', 'public-key', 'allowed-ips'] as const;

function refuseMissing(args: AnswerArgs, io: Io): void {
  const missing = needed.filter(name => args[name] === undefined);
  if (io.ask !== undefined || missing.length === 0) return;
  throw new Refused(
    'usage',
    `nobody is there to answer for ${missing.map(name => `--${name}`).join(', ')}`,
    'give these options, or run it at a terminal',
  );
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535)
    throw new Refused(
      'usage',
      `--listen-port takes a port from 1 to 65535, not ${visible(text)}`,
      'leave it out for a free one',
    );
  return port;
}

/** How often a person may try one answer. */
const tries = 5;

class Asker {
  readonly io: Io;

  constructor(io: Io) {
    this.io = io;
  }

  /** `otherwise` is the answer of somebody who says nothing; undefined where there must be one. */
  async one(
    name: string,
    given: string | undefined,
    grammar: Grammar,
    question: string,
    otherwise?: string,
  ): Promise<string> {
    const all = await this.#ask(name, given === undefined ? undefined : [given], question, otherwise, text =>
      text === '' && otherwise === '' ? undefined : grammar.check(text),
    );
    return all[0] ?? '';
  }

  async list(
    name: string,
    given: readonly string[] | undefined,
    grammar: Grammar,
    question: string,
  ): Promise<string[]> {
    const split = given?.flatMap(text => text.split(',')).map(text => text.trim());
    return await this.#ask(name, split, question, undefined, grammar.check);
  }

  async #ask(
    name: string,
    given: readonly string[] | undefined,
    question: string,
    otherwise: string | undefined,
    check: Grammar['check'],
  ): Promise<string[]> {
    const { ask, stderr } = this.io;
    if (given !== undefined || ask === undefined) {
      const answers = given ?? (otherwise === undefined ? [] : [otherwise]);
      for (const text of answers) {
        const fault = check(text);
        if (fault !== undefined)
          throw new Refused('usage', `--${name} ${visible(text)}: ${fault.message}`, fault.hint);
      }
      return [...answers];
    }
    for (let n = 0; n < tries; n++) {
      const said =
        (await ask(`${question}${otherwise ? ` [${otherwise}]` : ''}: `)).trim() || (otherwise ?? '');
      const answers = said.split(',').map(text => text.trim());
      const fault = answers.map(text => check(text)).find(found => found !== undefined);
      if (fault === undefined) return answers;
      stderr.write(`  it ${fault.message}${fault.hint === undefined ? '' : `: ${fault.hint}`}\n`);
    }
    throw new Refused('usage', `no answer for --${name} that can be used`, 'give it as an option');
  }
}
