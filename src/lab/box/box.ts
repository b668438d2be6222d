// The box as the lab uses it: a folder with a router's files, processes in namespaces of their own, a socket between the
// two. Nothing here knows SSH or what a configuration is.
import { join } from 'node:path';
import type { Answer, Call } from '../call.ts';
import { type Account, groups } from './accounts.ts';
import { answerCall, callOf } from './calls.ts';
import { type Command, type Connection, collect, connectionOf } from './connection.ts';
import { type Filer, filerOf } from './files.ts';
import { openHub } from './hub.ts';
import { type Layout, layOut } from './layout.ts';
import { ways } from './namespaces.ts';
import { startProcess } from './process.ts';

export interface BoxOptions {
  /** All that the box can change lies below it. */
  readonly folder: string;
  readonly hostname: string;
  readonly layout: Layout;
  readonly accounts: () => readonly Account[];
  /** Answers the wrappers' calls. */
  readonly run: (call: Call) => Promise<Answer>;
}

export interface Box {
  readonly files: Filer;
  /** Settles when it has gone down by itself or by `kill`. */
  readonly ended: Promise<void>;
  connect(): Promise<Connection>;
  setHostname(name: string): void;
  /** Runs `sh -c` as the caller. */
  sh(script: string, as: Call): Promise<Answer>;
  kill(): Promise<void>;
}

/** What sshd gives every process. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where the root seen inside lies outside. */
export const rootOf = (folder: string): string => join(folder, 'root');

export async function startBox({ folder, hostname, layout, accounts, run }: BoxOptions): Promise<Box> {
  const possible = ways(process.getuid?.() ?? 0);
  await layOut(folder, layout, possible[0]?.owner);
  const hub = await openHub(join(folder, 'lab', 'run'));
  hub.onCall(peer => void answerCall(peer, callOf(peer.hello, accounts()), run));
  try {
    const inside = await startProcess(folder, hostname, hub.token, possible);
    const ended = inside.ended.then(() => hub.close());
    let next = 1;
    const dial = (line: string, role: string, id: string) => {
      const peer = hub.expect(role, id);
      inside.tell(line);
      return Promise.race([peer, ended.then(() => Promise.reject(new Error('the box is down')))]);
    };
    const connect = async () => {
      const id = `${next++}`;
      return connectionOf(await dial(`connection ${id}`, 'connection', id));
    };
    const files = filerOf(await dial('filer', 'filer', ''));
    const own = await connect();
    return {
      files,
      ended,
      connect,
      setHostname: name => inside.tell(`hostname ${name.replace(/[^\w.-]/g, '')}`),
      sh: (script, as) => collect(own, shell(script, as, accounts())),
      async kill() {
        await inside.kill();
        await ended;
      },
    };
  } catch (error) {
    await hub.close();
    throw error;
  }
}

/** A shell with the caller's name, group and directory. */
function shell(script: string, as: Call, accounts: readonly Account[]): Command {
  const account = accounts.find(({ name }) => name === as.user);
  const gid = Object.entries(groups).find(([name]) => name === as.group)?.[1] ?? groups.users;
  const env = {
    PATH: systemPath,
    HOME: account?.home ?? '/root',
    USER: as.user,
    LOGNAME: as.user,
    SHELL: '/bin/sh',
  };
  return {
    program: '/bin/sh',
    argv: ['/bin/sh', '-c', script],
    env,
    directory: as.cwd,
    uid: account?.uid ?? 0,
    gid,
  };
}
