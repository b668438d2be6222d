// The router starts: config.boot is loaded in one session and committed at once; what doesn't fit is logged and left out
// (vyatta-boot-config-loader; docs/edgeos.md 'Firmware upgrades', 'config.boot').
import type { Call } from '../call.ts';
import { commit } from './do-commit.ts';
import type { Engine } from './engine.ts';
import { loadText } from './load.ts';
import { readWritten, UnreadableConfig } from './parse.ts';
import { trailerOf } from './release.ts';
import { bootFile } from './save.ts';

const log = '/var/log/vyatta/vyatta-config-loader.log';

/** What a router has that nobody configured. */
const factory = `interfaces {
    ethernet eth0 {
        address 192.168.1.1/24
        duplex auto
        speed auto
    }
    loopback lo {
    }
}
service {
    gui {
    }
    ssh {
        port 22
        protocol-version v2
    }
}
system {
    host-name ubnt
    login {
        user ubnt {
            authentication {
                plaintext-password ""
            }
            level admin
        }
    }
    time-zone UTC
}
`;

const loader: Call = {
  program: 'vyatta-boot-config-loader',
  args: [],
  pid: 1,
  ppid: 1,
  env: { COMMIT_VIA: 'boot-config-loader' },
  user: 'root',
  group: 'vyattacfg',
  cwd: '/',
  isTerminal: false,
};

export async function boot(engine: Engine): Promise<void> {
  const text = await bootText(engine);
  const session = engine.begin('boot');
  const said = await loadText(engine.scene(session, loader), text);
  const answer = await commit(engine, loader, session, 'boot');
  engine.sessions.delete('boot');
  const report = `${said}${answer.stdout}`;
  await engine.surroundings.files.write(log, `== begin boot-config-loader\n${report}-- exiting\n`);
}

/** config.boot; when it can't be read it is put aside, and the router starts as from the factory. */
async function bootText(engine: Engine): Promise<string> {
  const { files } = engine.surroundings;
  const made = `${factory}${trailerOf(engine.release)}`;
  const text = (await files.read(bootFile))?.toString('utf8');
  if (text === undefined) return made;
  try {
    readWritten(text);
    return text;
  } catch (error) {
    if (!(error instanceof UnreadableConfig)) throw error;
    const day = engine.world.now().toISOString().slice(0, 16).replace(/[T:]/g, '-');
    await files.rename(bootFile, `${bootFile}.invalid.${day}`);
    return made;
  }
}
