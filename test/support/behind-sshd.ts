// A lab router behind a real sshd: what is asked of the sshd, an ssh of its own asks of the lab.
import { chmodSync } from 'node:fs';
import type { Lab } from '../../src/lab/lab.ts';
import type { TestAccess } from './access.ts';

/** The line of sshd_config; `key` is one that the lab lets in, and `home` gets the files that this needs. */
export function handOver(lab: Lab, key: string, home: TestAccess): string {
  home.write('lab_known', lab.hostKeyLine.endsWith('\n') ? lab.hostKeyLine : `${lab.hostKeyLine}\n`);
  const words = [
    ...['-F', '/dev/null', '-i', key, '-o', `UserKnownHostsFile=${home.home}/lab_known`],
    ...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-p', String(lab.port), `${lab.user}@${lab.host}`],
  ];
  const script = home.write('forced', `#!/bin/sh\nexec ssh ${words.join(' ')} "$SSH_ORIGINAL_COMMAND"\n`);
  chmodSync(script, 0o755);
  return `ForceCommand ${script}`;
}
