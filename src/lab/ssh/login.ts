// What sshd starts for a user: the login shell with a command, or as a login.
import type { Account } from '../box/accounts.ts';
import type { Command } from '../box/connection.ts';

const shell = '/bin/vbash';

/** A command of an exec channel. */
export function commandOf(account: Account, command: string, env: Readonly<Record<string, string>>): Command {
  return { ...base(account, env), argv: [shell, '-c', asOldBash(command)] };
}

/** An interactive login, or a shell on a pipe when there is no terminal. */
export function shellOf(account: Account, env: Readonly<Record<string, string>>): Command {
  return { ...base(account, env), argv: ['-vbash'] };
}

function base(account: Account, env: Readonly<Record<string, string>>): Omit<Command, 'argv'> {
  const { name, home, uid, gid } = account;
  const isOperator = account.level === 'operator';
  const own = {
    USER: name,
    LOGNAME: name,
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
    SHELL: shell,
  };
  return { program: shell, env: { LANG: 'C.UTF-8', ...own, ...env }, directory: home, uid, gid, isOperator };
}

/**
 * Today's bash runs the last command of `a; b` in its own place, which the router's old one does only with a single command:
 * the wrapper would see the parent of the shell as its own, that is, another session. A blank line after it prevents that.
 */
function asOldBash(command: string): string {
  const unquoted = command.replace(/'[^']*'|"(?:\\.|[^"\\])*"|\\./gs, '_');
  return /[;&|\n]/.test(unquoted) ? `${command}\n\n` : command;
}
