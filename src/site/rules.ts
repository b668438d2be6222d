// What must fit together across one site file. A new rule is a small function in rules/ and a line here. What needs the
// router's own configuration is a check of the plan instead.
import { absentIsNotWanted, absentOnce, absentRulesetsUnused } from './rules/absent.ts';
import { uniqueAddresses } from './rules/addresses.ts';
import {
  neighborIsSomebodyElse,
  neighborsThroughTunnels,
  soundTimers,
  uniqueNeighbors,
  updateSourceFamilies,
} from './rules/bgp.ts';
import {
  clientsAreTaken,
  oneListOfOwnNetworks,
  oneMasqueradePerNumber,
  oneTablePerTunnel,
  oneTunnelPerClient,
  soundClients,
} from './rules/clients.ts';
import {
  addressOfDerived,
  gatewayOfEndpoint,
  homeWithoutTunnel,
  nodesThroughTunnels,
  oneTunnelPerNode,
  ownWayApart,
  soundClusterTimers,
  uniqueNodeAddresses,
} from './rules/cluster.ts';
import { dnsOfTunnels } from './rules/dns.ts';
import { resolveOfName } from './rules/endpoints.ts';
import { soundFirewallRules } from './rules/firewall-rules.ts';
import { soundGroups } from './rules/groups.ts';
import { uniqueKeySources, uniquePeerKeys } from './rules/keys.ts';
import { disjointRanges } from './rules/manages.ts';
import { soundNatRules } from './rules/nat.ts';
import { openPortOfListenPort, uniqueListenPorts, uniqueOpenRules } from './rules/ports.ts';
import { proofsOfNeighbors, proofsOfThisFile } from './rules/proof.ts';
import { guardBehindRoute, uniqueAllowedIPs, uniqueRoutes } from './rules/routing.ts';
import type { Rule } from './rules/rule.ts';
import { oneFamilyPerRuleset } from './rules/rulesets.ts';

export const rules: readonly Rule[] = [
  uniqueListenPorts,
  openPortOfListenPort,
  uniqueOpenRules,
  uniqueAddresses,
  uniquePeerKeys,
  uniqueKeySources,
  uniqueAllowedIPs,
  resolveOfName,
  uniqueRoutes,
  guardBehindRoute,
  oneFamilyPerRuleset,
  soundFirewallRules,
  soundNatRules,
  soundGroups,
  dnsOfTunnels,
  disjointRanges,
  absentIsNotWanted,
  absentOnce,
  absentRulesetsUnused,
  neighborsThroughTunnels,
  uniqueNeighbors,
  neighborIsSomebodyElse,
  soundTimers,
  updateSourceFamilies,
  nodesThroughTunnels,
  oneTunnelPerNode,
  uniqueNodeAddresses,
  gatewayOfEndpoint,
  ownWayApart,
  homeWithoutTunnel,
  soundClusterTimers,
  addressOfDerived,
  soundClients,
  oneTunnelPerClient,
  clientsAreTaken,
  oneMasqueradePerNumber,
  oneTablePerTunnel,
  oneListOfOwnNetworks,
  proofsOfThisFile,
  proofsOfNeighbors,
];
