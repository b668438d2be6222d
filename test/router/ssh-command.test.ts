// The line of authorized_keys for a key that can only read.
import assert from 'node:assert/strict';
import { authorizedKeysLine } from '../../src/router/ssh-command.ts';

const ed25519 = `ssh-ed25519 ${'A'.repeat(68)}`;

describe('the line of ssh-command', () => {
  it('names what is taken away in words that an sshd before 7.2 knows, and is short enough for it', () => {
    const line = authorizedKeysLine(`${ed25519} ${'ci@example.net '.repeat(5).trim()}`);
    assert.match(
      line,
      /^no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty,no-user-rc,command="exec bash -c /,
    );
    assert.ok(!line.includes('restrict'));
    assert.ok(Buffer.byteLength(line) < 8192, `${Buffer.byteLength(line)} bytes`);
  });

  it('is refused where that sshd would leave it out', () => {
    assert.throws(() => authorizedKeysLine(`ssh-rsa ${'A'.repeat(716)}`), /leaves out lines of 8192/);
  });
});
