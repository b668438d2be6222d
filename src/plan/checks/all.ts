// Every check of a plan, in the order in which their findings are shown.
import type { Check } from '../make.ts';
import { budget } from './budget.ts';
import { drift } from './drift.ts';
import { bgpPassage, unfiltered } from './filters.ts';
import { firmware } from './firmware.ts';
import { homeReach } from './home-reach.ts';
import { openWan } from './open-wan.ts';
import { portTaken } from './port-taken.ts';
import { reachability } from './reachability.ts';
import { missingRulesets, sharedNames } from './rulesets.ts';

export const checks: readonly Check[] = [
  firmware,
  drift,
  budget,
  reachability,
  openWan,
  portTaken,
  sharedNames,
  missingRulesets,
  unfiltered,
  bgpPassage,
  homeReach,
];
