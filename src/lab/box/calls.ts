// A wrapper's call, as files/call.pl sends it, for the engine; and the answer back.
import type { Answer, Call } from '../call.ts';
import { passedVariables } from '../call.ts';
import { type Account, nameOfGroup, nameOfUser } from './accounts.ts';
import type { Peer } from './hub.ts';
import { frame, valuesOf } from './wire.ts';

/** Reads the hello of a process that says it is a call. */
export function callOf(hello: readonly Buffer[], accounts: readonly Account[]): Call {
  const [, program = '', pid, ppid, uid, gid, cwd = '', tty = '', , count] = hello.map(String);
  const stdin = hello[8];
  const end = 10 + Number(count);
  const variables = hello.slice(10, end).map(pair => splitOnce(pair.toString()));
  return {
    program,
    args: hello.slice(end).map(String),
    pid: Number(pid),
    ppid: Number(ppid),
    env: Object.fromEntries(variables.filter(([name]) => passedVariables.includes(name))),
    user: nameOfUser(accounts, Number(uid)),
    group: nameOfGroup(Number(gid)),
    cwd,
    isTerminal: tty !== '',
    ...(tty && { tty }),
    ...(stdin?.length && { stdin }),
  };
}

/** Answers one call; a caller that has gone meanwhile gets nothing. */
export async function answerCall(
  peer: Peer,
  call: Call,
  run: (call: Call) => Promise<Answer>,
): Promise<void> {
  const killer = new AbortController();
  peer.socket.once('close', () => killer.abort());
  const { stdout, stderr, exit } = await run({ ...call, killed: killer.signal });
  if (!peer.socket.destroyed) peer.socket.end(frame('a', 0, valuesOf([String(exit), stdout, stderr])));
}

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
