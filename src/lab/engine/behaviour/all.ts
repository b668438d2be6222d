// Every template of the router with what it checks and does.
import type { Template } from '../template.ts';
import { readTemplates } from '../templates/all.ts';
import { bgpBehaviour } from './bgp.ts';
import { firewallBehaviour } from './firewall.ts';
import { interfacesBehaviour } from './interfaces.ts';
import { policyBehaviour } from './policy.ts';
import { routingBehaviour } from './routing.ts';
import { systemBehaviour } from './system.ts';
import { wireguardBehaviour } from './wireguard.ts';

/** Without the wireguard package the router knows neither its interfaces nor `wg` as a type of the MSS clamp. */
export function routerTemplates(withWireguard = true): Template {
  const root = readTemplates(withWireguard);
  firewallBehaviour(root);
  interfacesBehaviour(root);
  routingBehaviour(root);
  policyBehaviour(root);
  bgpBehaviour(root);
  systemBehaviour(root);
  wireguardBehaviour(root);
  return root;
}
