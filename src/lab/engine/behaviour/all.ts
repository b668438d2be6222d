// Every template of the router with what it checks and does.
import type { Template } from '../template.ts';
import { readTemplates } from '../templates/all.ts';
import { bgpBehaviour } from './bgp.ts';
import { firewallBehaviour } from './firewall.ts';
import { interfacesBehaviour } from './interfaces.ts';
import { natBehaviour } from './nat.ts';
import { policyBehaviour } from './policy.ts';
import { routingBehaviour } from './routing.ts';
import { systemBehaviour } from './system.ts';
import { wireguardBehaviour } from './wireguard.ts';

/** Which of the nodes there are that not every router has. */
export interface Features {
  readonly wireguard: boolean;
  /** `wg` as a type of the MSS clamp: the package's alone. */
  readonly wireguardClamp: boolean;
  readonly discover: boolean;
}

const everything: Features = { wireguard: true, wireguardClamp: true, discover: true };

export function routerTemplates(features = everything): Template {
  const root = readTemplates(features.wireguard);
  if (!features.discover) root.children.get('service')?.children.delete('ubnt-discover');
  firewallBehaviour(root, features.wireguardClamp);
  natBehaviour(root);
  interfacesBehaviour(root);
  routingBehaviour(root);
  policyBehaviour(root);
  bgpBehaviour(root);
  systemBehaviour(root);
  wireguardBehaviour(root);
  return root;
}
