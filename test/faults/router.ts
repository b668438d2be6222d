// A lab router whose calls a case can watch and spoil, and what is to be seen of it from outside afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import type { Answer, Call } from '../../src/lab/call.ts';
import { createRouter, type LabRouter } from '../../src/lab/engine/router.ts';
import { type Lab, type LabOptions, startLab } from '../../src/lab/lab.ts';
import { failuresOf } from '../support/failures.ts';
import { connect, exec } from '../support/ssh.ts';

export interface Watched {
  readonly lab: Lab;
  readonly engine: () => LabRouter['engine'];
  /** Runs a command on the router in a login of its own. */
  run(command: string): Promise<string>;
}

/** `spoil` sees each call before it is answered; what it resolves to is the answer in its place. `after` sees it answered. */
export interface Watcher {
  spoil(call: Call): Promise<Answer | undefined>;
  after(call: Call): Promise<void>;
}

export async function startWatched(
  boot: string,
  watcher: () => Watcher,
  options: Pick<LabOptions, 'password' | 'authorizedKeys'> = {},
): Promise<Watched> {
  let router: LabRouter | undefined;
  let lab: Lab | undefined;
  const faults = failuresOf(() => lab);
  lab = await startLab({
    ...options,
    seed: boot,
    makeRouter: surroundings => {
      const made = createRouter({ surroundings, faults });
      router = made;
      return {
        boot: () => made.boot(),
        halt: () => made.halt(),
        async call(call) {
          const spoiled = await watcher().spoil(call);
          if (spoiled !== undefined) return spoiled;
          const answer = await made.call(call);
          await watcher().after(call);
          return answer;
        },
      };
    },
  });
  const started = lab;
  return {
    lab: started,
    engine() {
      if (router === undefined) throw new Error('the lab made no router');
      return router.engine;
    },
    async run(command) {
      const client = await loginSoon(started);
      try {
        return (await exec(client, command)).stdout;
      } finally {
        client.end();
      }
    },
  };
}

/** A router that is starting again takes its time. */
async function loginSoon(lab: Lab): Promise<Client> {
  for (const deadline = Date.now() + 20_000; ; await sleep(300)) {
    try {
      const client = await connect(lab, { password: lab.password });
      return client.on('error', () => undefined);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

export interface Seen {
  /** `show configuration commands`, without what the foreign session sets. */
  readonly active: string;
  /** From the saved to the active configuration, without what the foreign session sets. */
  readonly drift: string;
  readonly hasForeign: boolean;
  /** The bytes of config.boot, without what the foreign session sets. */
  readonly boot: string;
  /** What is left over: sessions, processes, files. */
  readonly left: string[];
  readonly hasKey: boolean;
}

const foreign = /interfaces ethernet eth2 description foreign/;
/** Setting that makes the interface with its defaults. */
const foreigns = / interfaces ethernet eth2( |$)| user oper authentication encrypted-password /;
const foreignBlocks =
  /^ {4}ethernet eth2 \{\n(?:.*\n)*? {4}\}\n|^ *encrypted-password x-foreign\n|^ *encrypted-password \$6\$Oper.*\n/gm;

const show = 'cli-shell-api showConfig --show-active-only --show-commands';
const compare =
  'cli-shell-api showConfig --show-cfg1 /config/config.boot --show-cfg2 @ACTIVE --show-context-diff --show-commands';
const findProcesses =
  'for p in /proc/[0-9]*; do grep -aq "[e]dgewg/" $p/cmdline && tr "\\0\\n" "  " <$p/cmdline && echo; done 2>/dev/null';

/** By a login of its own; rejects when the router lets nobody in. */
export async function look({ lab, engine, run }: Watched): Promise<Seen> {
  const mark = '----';
  const said = await run([show, compare, findProcesses].join(`\necho ${mark}\n`));
  const [text = '', drift = '', processes = ''] = said.split(`${mark}\n`);
  const own = (lines: string): string =>
    lines
      .split('\n')
      .filter(line => !foreigns.test(line))
      .join('\n')
      .trim();
  const list = (path: string): string[] => readdirSync(join(lab.root, path));
  return {
    active: own(text),
    drift: own(drift),
    hasForeign: foreign.test(text),
    boot: readFileSync(join(lab.root, 'config/config.boot'), 'utf8').replaceAll(foreignBlocks, ''),
    hasKey: list('config/auth').includes('wg904.key'),
    left: [
      ...[...engine().sessions.keys()].map(id => `session ${id}`),
      ...processes
        .split('\n')
        .filter(line => line !== '')
        .map(line => `process ${line}`),
      ...list('tmp')
        .filter(name => name.startsWith('config.boot'))
        .map(name => `/tmp/${name}`),
      ...leftovers(lab),
      ...list('config')
        .filter(name => name.includes('edgewg'))
        .map(name => `/config/${name}`),
      ...list('config/auth')
        .filter(name => name !== 'wg904.key')
        .map(name => `/config/auth/${name}`),
    ],
  };
}

/** Of edgewg in /tmp. */
export function leftovers(lab: Lab): string[] {
  try {
    return readdirSync(join(lab.root, 'tmp/edgewg')).map(name => `/tmp/edgewg/${name}`);
  } catch {
    return [];
  }
}
