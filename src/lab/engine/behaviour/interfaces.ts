// All interfaces but WireGuard's: which there may be, their addresses, and what of them shows in the kernel.
import { type Act, fine, type Outcome } from '../action.ts';
import { at, type View, valueAt, valuesAt } from '../config.ts';
import type { Link } from '../kernel.ts';
import type { Template } from '../template.ts';
import { duplicateAddress, validAddress } from './addresses.ts';
import { expression, on, oneOf, pattern, program, range } from './attach.ts';
import { attachments, interfaceOf } from './firewall.ts';

const names: Readonly<Record<string, readonly [RegExp, string]>> = {
  bonding: [/^bond[0-9]+$/, 'bonding must be (bond0-bond99)'],
  bridge: [/^br[0-9]+$/, 'bridge interface must be named br0-br999'],
  loopback: [/^lo$/, 'loopback interface must be lo'],
  openvpn: [/^vtun[0-9]+$/, 'OpenVPN tunnel interface must be named vtunN'],
  switch: [/^switch[0-9]+$/, 'switch interface must be named switchN'],
  tunnel: [/^tun[0-9]+$/, 'tunnel must be (tun0-tun999)'],
  vti: [/^vti[0-9]+$/, 'VTI interface must be named vtiN'],
};

export function interfacesBehaviour(root: Template): void {
  const interfaces = on(root, 'interfaces');
  for (const [kind, template] of interfaces.children) {
    if (kind === 'wireguard') continue;
    const name = names[kind];
    if (name !== undefined) pattern(template, ...name);
    common(template);
    for (const below of ['vif', 'pppoe']) {
      const inner = template.children.get(below);
      if (inner !== undefined) nested(inner, below);
    }
  }
  const ethernet = on(interfaces, 'ethernet');
  program(ethernet, ({ value, world }) =>
    world.ethernet.includes(value) ? undefined : `interface ethernet ${value}: does not exist`,
  );
  oneOf(on(ethernet, 'duplex'), ['auto', 'half', 'full'], 'duplex must be auto, half, or full');
  oneOf(
    on(ethernet, 'speed'),
    ['auto', '10', '100', '1000', '2500', '10000'],
    'Speed must be auto, 10, 100, 1000, 2500, or 10000',
  );
}

function nested(template: Template, kind: string): void {
  common(template);
  if (kind === 'vif') range(template, 0, 4095, 'VLAN ID must be between 0 and 4095');
  const pppoe = template.children.get('pppoe');
  if (pppoe !== undefined) common(pppoe);
}

function common(template: Template): void {
  attachments(template);
  template.end = applyLink;
  const address = template.children.get('address');
  if (address !== undefined) {
    program(address, ({ value }) => (/^dhcp(v6)?$/.test(value) ? undefined : validAddress(value)));
    program(address, duplicateAddress, true);
  }
  const description = template.children.get('description');
  if (description !== undefined)
    expression(
      description,
      ({ value }) => value !== '' && Buffer.byteLength(value) <= 256,
      'interface description is too long (limit 256 characters)',
    );
}

/** Brings the kernel's link to what the working configuration says of it. */
function applyLink(act: Act): Outcome {
  syncLink(act, act.path, at(act.working, act.path));
  return fine;
}

function syncLink({ world }: Act, path: readonly string[], node: View | undefined): void {
  const { kernel } = world;
  const name = interfaceOf(path);
  const isPhysical = world.ethernet.includes(name) || name === 'lo';
  const known = kernel.links.get(name);
  if (node === undefined) {
    if (!isPhysical) kernel.removeLink(name);
    else if (known !== undefined) Object.assign(known, { addresses: ownAddresses(name), up: name === 'lo' });
    return;
  }
  const link = known ?? kernel.addLink(name, kindOf(path), 1500, true);
  link.mtu = Number(valueAt(node, ['mtu']) ?? (link.kind === 'ppp' ? 1492 : link.mtu));
  link.alias = valueAt(node, ['description']) ?? '';
  const isUp = at(node, ['disable']) === undefined;
  if (link.up && !isUp) kernel.setDown(name);
  link.up = isUp;
  link.addresses = [
    ...ownAddresses(name),
    ...valuesAt(node, ['address']).filter(address => address.includes('/')),
  ];
}

function ownAddresses(name: string): string[] {
  return name === 'lo' ? ['127.0.0.1/8', '::1/128'] : [];
}

function kindOf(path: readonly string[]): Link['kind'] {
  if (path.includes('pppoe')) return 'ppp';
  if (path.includes('vif')) return 'vlan';
  return path[1] === 'ethernet' ? 'ethernet' : 'other';
}
