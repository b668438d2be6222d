// Every check of a plan, in the order in which their findings are shown.

import { bypassed } from '../bypass.ts';
import type { Check } from '../make.ts';
import { allowedTwice, allowedWithin } from './allowed-twice.ts';
import { announcedDropped } from './announced-dropped.ts';
import { anySource } from './any-source.ts';
import { staticOverBgp } from './bgp-static.ts';
import { budget } from './budget.ts';
import { cutOff } from './cut-off.ts';
import { drift } from './drift.ts';
import { endpointLoops } from './endpoint-loop.ts';
import { endpointNames } from './endpoint-name.ts';
import { endChecks } from './ends/all.ts';
import { bgpPassage, unfiltered } from './filters.ts';
import { firmware } from './firmware.ts';
import { homeReach } from './home-reach.ts';
import { inClear } from './in-clear.ts';
import { keyFiles } from './key-files.ts';
import { keysSwapped } from './keys-swapped.ts';
import { allowedRoutesOff, flappedRoutes } from './lost-routes.ts';
import { mssFits } from './mss-fits.ts';
import { mtuFits } from './mtu-fits.ts';
import { mtuSums, uplinkMtu } from './mtu-sums.ts';
import { offload } from './offload.ts';
import { openWan } from './open-wan.ts';
import { packageFaults } from './package.ts';
import { peersWithoutRoute } from './peer-without-route.ts';
import { portTaken } from './port-taken.ts';
import { reachability } from './reachability.ts';
import { routesWithoutPeer } from './route-without-peer.ts';
import { neighborsElsewhere, routedElsewhere } from './routed-elsewhere.ts';
import { missingRulesets, sharedNames } from './rulesets.ts';
import { sharedKeys } from './shared-keys.ts';
import { sharedRulesets } from './shared-rulesets.ts';
import { tunnelAddresses } from './tunnel-address.ts';
import { openToAll, openTunnels } from './wide-open.ts';

export const checks: readonly Check[] = [
  firmware,
  packageFaults,
  offload,
  drift,
  bypassed,
  budget,
  reachability,
  openWan,
  portTaken,
  sharedNames,
  missingRulesets,
  unfiltered,
  bgpPassage,
  homeReach,
  allowedTwice,
  allowedWithin,
  routesWithoutPeer,
  peersWithoutRoute,
  announcedDropped,
  keysSwapped,
  mtuSums,
  uplinkMtu,
  mtuFits,
  mssFits,
  endpointLoops,
  routedElsewhere,
  neighborsElsewhere,
  staticOverBgp,
  tunnelAddresses,
  inClear,
  allowedRoutesOff,
  flappedRoutes,
  endpointNames,
  openToAll,
  openTunnels,
  anySource,
  sharedKeys,
  sharedRulesets,
  keyFiles,
  cutOff,
  ...endChecks,
];
