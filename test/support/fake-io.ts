// The world of a command without a process: files of one folder, what was written, nobody to ask.
import { readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import type { Io, Output } from '../../src/commands/io.ts';

export interface FakeIo extends Io {
  /** What went to stdout and stderr so far. */
  readonly written: { stdout: string; stderr: string };
}

/** Relative paths are below `folder`. */
export function fakeIo(folder: URL): FakeIo {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): Output => ({
    write: text => {
      written[name] += text;
    },
    order: text => {
      written[name] += text;
    },
    isTerminal: false,
    columns: 80,
    wrapAt: Number.POSITIVE_INFINITY,
    paint: new Chalk({ level: 0 }),
  });
  const refuse = async (): Promise<never> => {
    throw new Error('nothing is written here');
  };
  return {
    written,
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    cwd: folder.pathname,
    isVerbose: false,
    isQuiet: false,
    signal: new AbortController().signal,
    leave: new AbortController().signal,
    now: () => 0,
    readFile: async path => readFileSync(new URL(path, folder)),
    linkTarget: async () => undefined,
    listFolder: async () => [],
    writeFile: refuse,
    rewriteFile: refuse,
    writeBelow: refuse,
    removeBelow: refuse,
    writeState: refuse,
    page: async text => output('stdout').write(text),
    run: refuse,
    hide: () => {},
    who: 'nobody@nowhere',
    terminal: { input: process.stdin, output: process.stderr },
  };
}
