// All templates of the router together. Every engine has a tree of its own: a seed may teach it more nodes, and the
// wireguard package may come and go.
import { newTemplate, type Template } from '../template.ts';
import { firewall, firewall4, firewall6, parts4, parts6 } from './firewall.ts';
import { parts as interfaceParts } from './interface-parts.ts';
import { interfaces, wireguard } from './interfaces.ts';
import { readOutline } from './outline.ts';
import { policy } from './policy.ts';
import { parts as protocolParts, protocols } from './protocols.ts';
import { parts as serviceParts, services } from './services.ts';
import { system, parts as systemParts } from './system.ts';
import { vpn } from './vpn.ts';

/** The shape alone; without the package there is no `interfaces wireguard`. */
export function readTemplates(withWireguard: boolean): Template {
  const root = newTemplate('node');
  readOutline(firewall, root);
  readOutline(firewall4, root, parts4);
  readOutline(firewall6, root, parts6);
  readOutline(interfaces, root, interfaceParts);
  if (withWireguard) readOutline(wireguard, root, interfaceParts);
  readOutline(protocols, root, protocolParts);
  readOutline(policy, root);
  readOutline(services, root, serviceParts);
  readOutline(system, root, systemParts);
  readOutline(vpn, root, systemParts);
  return root;
}
