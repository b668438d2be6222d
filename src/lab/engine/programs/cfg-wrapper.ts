// /opt/vyatta/sbin/vyatta-cfg-cmd-wrapper: the way for scripts into a configuration session. The session is that of the
// caller's parent process, or the one that CMD_WRAPPER_SESSION_ID names (docs/edgeos.md 'Sessions'; transcript sessions).
import type { Answer, Call } from '../../call.ts';
import type { Engine } from '../engine.ts';
import { load } from '../load.ts';
import { save } from '../save.ts';
import { complaint, no, ok, said } from './answers.ts';
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
    case 'rule-rename': {
      const path = ruleOf(args);
      if (path === undefined) return noShell(command);
      return edit(engine, call, { verb: 'move', args: path, sid, level: [] });
    }
    case 'activate':
    case 'deactivate':
      return notInstalled(`my_${command}`);
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

/** `firewall NAME rule N to rule M` and `nat rule N to rule M` as words of `move`. */
function ruleOf([kind, ...rest]: readonly string[]): string[] | undefined {
  const [name = '', , from = '', , , to = ''] = kind === 'nat' ? ['', ...rest] : rest;
  if (kind === 'nat') return ['service', 'nat', 'rule', from, 'to', to];
  return kind === 'firewall' ? ['firewall', 'name', name, 'rule', from, 'to', to] : undefined;
}

/** What the wrapper says when it has started nothing. */
function noShell(command: string): Answer {
  return said(`!!! Missing Vyatta shell infrastructure for ${command} !!!!\n`, 1);
}

/** The published wrapper knows two programs that no EdgeOS has. */
function notInstalled(program: string): Answer {
  const wrapper = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';
  return complaint(`${wrapper}: /opt/vyatta/sbin/${program}: No such file or directory\n`, 127);
}
