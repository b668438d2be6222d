// A router that answers whatever a test makes up.
import type { Connection } from '../../src/ssh/connection.ts';

/** Answers every command with what `answer` makes of its nonce. */
export function hostile(answer: (nonce: string) => string, most: number[] = []): Connection {
  return {
    exec: async (command, options) => {
      most.push(options.maxBytes ?? Number.POSITIVE_INFINITY);
      const nonce = /[0-9a-f]{32}/.exec(`${String(options.input ?? '')}${command}`)?.[0] ?? '';
      return { stdout: Buffer.from(answer(nonce)), stderr: Buffer.alloc(0), exit: 0, signal: undefined };
    },
    hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' },
    remote: { host: 'r', port: 22, user: 'ubnt' },
    localAddress: undefined,
    closed: new Promise(() => {}),
    close: async () => {},
  };
}
