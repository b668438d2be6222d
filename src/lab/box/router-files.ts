// What lies in the box's file system besides the system's own: the files of /etc, the router's programs and directories.
import { programs } from '../call.ts';
import { type Release, versionFile } from '../engine/release.ts';
import { type Account, group, passwd } from './accounts.ts';
import type { Layout } from './layout.ts';

/** The pages that sshd and login show (transcripts interactive/01 and 20). */
export const banner = [
  'Welcome to EdgeOS',
  '',
  'By logging in, accessing, or using the Ubiquiti product, you',
  'acknowledge that you have read and understood the Ubiquiti',
  'License Agreement (available in the Web UI at, by default,',
  'http://192.168.1.1) and agree to be bound by its terms.',
  '',
  '',
].join('\n');

/** Programs and scripts that aren't simply calls of the engine. */
const own: Readonly<Record<string, string>> = {
  '/usr/bin/id': 'id.pl',
  '/usr/bin/groups': 'id.pl',
  '/usr/bin/sg': 'sg.pl',
  '/usr/bin/newgrp': 'sg.pl',
  '/usr/bin/sudo': 'sudo.pl',
  '/usr/bin/date': 'date.sh',
  '/usr/bin/uname': 'uname.sh',
  '/usr/bin/chown': 'chown.pl',
  '/usr/bin/chgrp': 'chown.pl',
  '/sbin/reboot': 'call.pl',
  '/sbin/shutdown': 'call.pl',
  '/usr/bin/at': 'call.pl',
  '/usr/bin/atq': 'call.pl',
  '/usr/bin/atrm': 'call.pl',
  '/usr/bin/edgewg-lab': 'call.pl',
  '/bin/vbash': '/bin/bash',
  '/etc/profile': 'profile.sh',
  '/etc/bash.bashrc': 'bashrc.sh',
  '/etc/inputrc': 'inputrc',
  '/etc/default/vyatta': 'default.sh',
  '/opt/vyatta/bin/vyatta-op-cmd-wrapper': 'op-wrapper.sh',
  '/opt/vyatta/sbin/vyatta-config-mgmt.pl': 'config-mgmt.sh',
  '/opt/vyatta/etc/functions/script-template': 'script-template.sh',
};

export interface RouterFiles {
  readonly accounts: readonly Account[];
  readonly hostname: string;
  /** The private half, which root alone may read, as on a router. */
  readonly hostKey: string;
  readonly release: Release;
  /** Of a new folder, besides its directories. */
  readonly files: Readonly<Record<string, string>>;
}

export function routerFiles({ accounts, hostname, hostKey, release, files }: RouterFiles): Layout {
  const calls = Object.entries(programs).flatMap(([path, name]) => [
    [path, 'call.pl'],
    // For the scripts that stand in a program's own place.
    [`/run/lab/engine/${name}`, 'call.pl'],
  ]);
  return {
    files: {
      '/etc/passwd': passwd(accounts),
      '/etc/group': group(accounts),
      '/etc/hostname': `${hostname}\n`,
      '/etc/hosts': `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`,
      '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
      '/etc/resolv.conf': '',
      [`/etc/ssh/ssh_host_${release.hostKey.replace('ssh-', '')}_key`]: hostKey,
      '/etc/shells': '/bin/sh\n/bin/bash\n/bin/vbash\n',
      '/etc/issue.net': banner,
      '/etc/motd': `Linux ${hostname} ${release.kernel} #1 SMP\n`,
      '/etc/version': versionFile(release),
      '/etc/lab-kernel': `${release.kernel}\n`,
      '/opt/vyatta/config/.lock': '',
    },
    programs: Object.fromEntries([...calls, ...Object.entries(own)]),
    directories: [
      '/opt/vyatta/config/tmp',
      '/etc/commit/pre-hooks.d',
      '/etc/commit/post-hooks.d',
      '/var/log/vyatta',
      '/var/run',
      '/var/tmp',
    ],
    initial: {
      files,
      directories: ['/config/auth', '/config/archive', '/config/scripts/post-config.d', '/config/user-data'],
    },
  };
}
