// The outside of src/ssh for tests: a home directory of its own, an environment, answers instead of a person.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Secret } from '../../src/secret.ts';
import type { Access } from '../../src/ssh/access.ts';
import { systemAccess } from '../../src/ssh/system.ts';

export interface TestAccess extends Access {
  readonly notices: string[];
  readonly questions: string[];
  /** Writes a file below the home directory, 0600. */
  write(path: string, text: string | Buffer, mode?: number): string;
  remove(): void;
}

export interface TestAccessOptions {
  readonly env?: Record<string, string>;
  readonly acceptNewHostKey?: boolean;
  /** Typed in this order; without it nobody is there to be asked. */
  readonly answers?: string[];
}

/** Homes that a test left behind. */
const homes = new Set<string>();
process.once('exit', () => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

export function testAccess(options: TestAccessOptions = {}): TestAccess {
  const home = mkdtempSync(join(tmpdir(), 'edgewg-access-'));
  homes.add(home);
  const notices: string[] = [];
  const questions: string[] = [];
  const { answers } = options;
  const real = systemAccess({
    env: { HOME: home, PATH: '/usr/bin:/bin', ...options.env },
    terminal: { input: process.stdin, output: process.stderr },
    acceptNewHostKey: options.acceptNewHostKey ?? false,
    notice: line => notices.push(line),
  });
  return {
    ...real,
    etc: join(home, 'etc'),
    ask:
      answers &&
      (async question => {
        questions.push(question);
        return new Secret(answers.shift() ?? '');
      }),
    notices,
    questions,
    write(path, text, mode = 0o600) {
      const full = join(home, path);
      mkdirSync(dirname(full), { recursive: true, mode: 0o700 });
      writeFileSync(full, text, { mode });
      return full;
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
