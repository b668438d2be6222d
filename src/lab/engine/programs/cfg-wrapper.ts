// /opt/vyatta/sbin/vyatta-cfg-cmd-wrapper: the way for scripts into a configuration session. The session is that of the
// caller's parent process, or the one that CMD_WRAPPER_SESSION_ID names (docs/edgeos.md 'Sessions'; transcript sessions).
import type { Answer, Call } from '../../call.ts';
import type { Engine } from '../engine.ts';
import { load } from '../load.ts';
import { save } from '../save.ts';
import { no, ok, said } from './answers.ts';
import { edit } from './edits.ts';
import { showCfg } from './show-api.ts';

export async function cfgWrapper(engine: Engine, call: Call): Promise<Answer> {
  const [command = '', ...args] = call.args;
  const sid = call.env['CMD_WRAPPER_SESSION_ID'] || String(call.ppid);
  const session = engine.session(sid);
  switch (command) {
    case 'begin':
      if (!engine.isAdmin(call.user)) return no;
      engine.begin(sid);
      return ok;
    case 'end':
      return engine.sessions.delete(sid) ? ok : no;
    case 'set':
    case 'delete':
    case 'comment':
    case 'move':
      return edit(engine, call, { verb: command, args, sid, level: [] });
    case 'commit':
    case 'commit_with_error':
      return edit(engine, call, { verb: 'commit', args: [], sid, level: [] });
    case 'discard':
    case 'cleanup':
      return edit(engine, call, { verb: 'discard', args: [], sid, level: [] });
    case 'show':
      return showCfg(engine, session, args, []);
    case 'save':
      return save(engine, call, args);
    case 'load':
      return load(engine, call, session, args);
    case 'merge':
      return load(engine, call, session, ['--merge', ...args]);
    default:
      return said(`Invalid command "${command}" for vyatta-cfg-cmd-wrapper\n`, 1);
  }
}
