// Every check of a plan, in the order in which their findings are shown.

import type { Check } from '../plan/types/check.ts';
import { clients } from './clients/clients.ts';
import { foreignClients } from './clients/foreign.ts';
import { clientWays } from './clients/ways.ts';
import { budget } from './device/budget.ts';
import { cutOff } from './device/cut-off.ts';
import { drift } from './device/drift.ts';
import { firmware } from './device/firmware.ts';
import { held } from './device/held.ts';
import { helpers } from './device/helpers.ts';
import { interrupted } from './device/interrupted.ts';
import { leftOut } from './device/left-out.ts';
import { offload } from './device/offload.ts';
import { packageFaults } from './device/package.ts';
import { pendingConfirm } from './device/pending-confirm.ts';
import { stillUsed } from './device/still-used.ts';
import { dnsReachable } from './dns/reachable.ts';
import { dnsStyles } from './dns/styles.ts';
import { endChecks } from './ends/all.ts';
import { anySource } from './firewall/any-source.ts';
import { bgpPassage, unfiltered } from './firewall/filters.ts';
import { groupInUse } from './firewall/group-in-use.ts';
import { homeReach } from './firewall/home-reach.ts';
import { inZone } from './firewall/in-zone.ts';
import { missingGroups } from './firewall/missing-groups.ts';
import { missingZone } from './firewall/missing-zone.ts';
import { openWan } from './firewall/open-wan.ts';
import { otherPurpose } from './firewall/other-purpose.ts';
import { portRules } from './firewall/port-rules.ts';
import { portTaken } from './firewall/port-taken.ts';
import { reachability } from './firewall/reachability.ts';
import { missingRulesets, sharedNames } from './firewall/rulesets.ts';
import { sharedRulesets } from './firewall/shared-rulesets.ts';
import { openToAll, openTunnels } from './firewall/wide-open.ts';
import { hiddenKeys } from './keys/hidden-keys.ts';
import { keyFiles } from './keys/key-files.ts';
import { keysSwapped } from './keys/keys-swapped.ts';
import { literalKeys } from './keys/literal-keys.ts';
import { namedKeys } from './keys/named-keys.ts';
import { oneKeyTwice } from './keys/one-key-twice.ts';
import { sharedKeys } from './keys/shared-keys.ts';
import { unrestorable } from './keys/unrestorable.ts';
import { clamp } from './mtu/clamp.ts';
import { mssFits } from './mtu/mss-fits.ts';
import { mtuFits } from './mtu/mtu-fits.ts';
import { mtuSums, uplinkMtu } from './mtu/mtu-sums.ts';
import { hiddenByNat } from './nat/hidden.ts';
import { natInterfaces } from './nat/missing-interface.ts';
import { natNumbers } from './nat/numbers.ts';
import { phonesMasqueraded } from './nat/phones.ts';
import { allowedTwice, allowedWithin } from './routing/allowed-twice.ts';
import { announcedDropped } from './routing/announced-dropped.ts';
import { staticOverBgp } from './routing/bgp-static.ts';
import { bypassed } from './routing/bypassed.ts';
import { claimedTwice } from './routing/claimed-twice.ts';
import { endpointLoops } from './routing/endpoint-loop.ts';
import { endpointNames } from './routing/endpoint-name.ts';
import { endpointUnrouted } from './routing/endpoint-unrouted.ts';
import { guardLoses } from './routing/guard-loses.ts';
import { inClear } from './routing/in-clear.ts';
import { allowedRoutesOff, flappedRoutes } from './routing/lost-routes.ts';
import { openNeighbor } from './routing/open-neighbor.ts';
import { otherAs } from './routing/other-as.ts';
import { otherUplink } from './routing/other-uplink.ts';
import { ownAddress } from './routing/own-address.ts';
import { ownEndpoint } from './routing/own-endpoint.ts';
import { pastTunnel } from './routing/past-tunnel.ts';
import { peersWithoutRoute } from './routing/peer-without-route.ts';
import { routesWithoutPeer } from './routing/route-without-peer.ts';
import { neighborsElsewhere, routedElsewhere } from './routing/routed-elsewhere.ts';
import { tunnelAddresses } from './routing/tunnel-address.ts';

/** What the plan itself needs, whatever it is for. */
export const planChecks: readonly Check[] = [
  hiddenKeys,
  portRules,
  natNumbers,
  clamp,
  clients,
  namedKeys,
  literalKeys,
  unrestorable,
];

/** Of routes that are taken out or put back, whatever else the file wants. It saves too, and with it all that runs. */
export const bypassChecks: readonly Check[] = [...planChecks, firmware, drift, held, pendingConfirm, cutOff];

export const checks: readonly Check[] = [
  ...planChecks,
  firmware,
  packageFaults,
  offload,
  drift,
  held,
  interrupted,
  pendingConfirm,
  bypassed,
  budget,
  leftOut,
  stillUsed,
  reachability,
  openWan,
  portTaken,
  sharedNames,
  missingRulesets,
  otherPurpose,
  missingGroups,
  groupInUse,
  missingZone,
  inZone,
  unfiltered,
  bgpPassage,
  homeReach,
  hiddenByNat,
  natInterfaces,
  phonesMasqueraded,
  dnsStyles,
  dnsReachable,
  allowedTwice,
  allowedWithin,
  routesWithoutPeer,
  peersWithoutRoute,
  announcedDropped,
  keysSwapped,
  oneKeyTwice,
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
  pastTunnel,
  foreignClients,
  clientWays,
  guardLoses,
  endpointUnrouted,
  otherUplink,
  claimedTwice,
  openNeighbor,
  otherAs,
  ownAddress,
  ownEndpoint,
  allowedRoutesOff,
  flappedRoutes,
  endpointNames,
  helpers,
  openToAll,
  openTunnels,
  anySource,
  sharedKeys,
  sharedRulesets,
  keyFiles,
  cutOff,
  ...endChecks,
];
