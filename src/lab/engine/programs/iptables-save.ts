// `iptables-save` and `ip6tables-save`, for root alone.
import type { Answer, Call } from '../../call.ts';
import type { Engine } from '../engine.ts';
import { printNetfilter } from '../netfilter.ts';
import { complaint, said } from './answers.ts';

export function iptablesSave(engine: Engine, call: Call): Answer {
  if (call.user !== 'root') return complaint(`${call.program}: Permission denied (you must be root)\n`, 4);
  const at = call.args.findIndex(arg => arg === '-t' || arg === '--table');
  const only = at < 0 ? undefined : call.args[at + 1];
  const family = call.program === 'ip6tables-save' ? 6 : 4;
  return said(printNetfilter(engine.active, engine.world.kernel, family, only));
}
