// The proof that both ends of every tunnel match, in the order in which its findings are shown.
import type { Check } from '../../plan/types/check.ts';
import { accepted, anothers, nobodys } from './allowed.ts';
import { announced } from './announced.ts';
import { endpoints, ports, portsApart, whoBegins } from './endpoints.ts';
import { homeIsSent, homeIsThere, noCommonAddresses, nodeIsAlone, sourceIsANodes } from './home.ts';
import { nodeKeys, routerKeys } from './keys.ts';
import { podsMtu, sameMtu } from './mtu.ts';
import { everyNeighbor, nodesAsn, routerAsn } from './neighbors.ts';
import { nextHopIsGuarded } from './next-hop.ts';
import { unreachableEnds } from './reachable.ts';
import { rangesByAllowed, routedInVain, unrouted } from './routes.ts';
import { switchedOff } from './running.ts';
import { endpointApart, podsApart, routerApart, servicesApart } from './separate.ts';
import { enoughHops, samePassword, sameTimersAndSource } from './session.ts';

export const endChecks: readonly Check[] = [
  nodeKeys,
  routerKeys,
  endpoints,
  ports,
  portsApart,
  whoBegins,
  unreachableEnds,
  accepted,
  nobodys,
  anothers,
  unrouted,
  routedInVain,
  rangesByAllowed,
  sameMtu,
  podsMtu,
  endpointApart,
  routerApart,
  podsApart,
  servicesApart,
  routerAsn,
  nodesAsn,
  everyNeighbor,
  enoughHops,
  sameTimersAndSource,
  samePassword,
  nextHopIsGuarded,
  announced,
  homeIsThere,
  homeIsSent,
  sourceIsANodes,
  noCommonAddresses,
  nodeIsAlone,
  switchedOff,
];
