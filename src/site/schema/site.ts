// The site file as a person writes it. Only shapes and leaves: what must fit together across the file is rules.ts's.
import type * as zod from 'zod';
import { definedGroup } from '../grammar/groups.ts';
import { publicKey } from '../grammar/keys.ts';
import {
  findingCode,
  interfaceName,
  interfaceRange,
  routerHost,
  ruleRange,
  rulesetName,
  userName,
} from '../grammar/names.ts';
import { address, prefix } from '../grammar/net.ts';
import { duration, reason } from '../grammar/texts.ts';
import { bgp } from './bgp.ts';
import { cluster } from './cluster.ts';
import { dns } from './dns.ts';
import { groups } from './group.ts';
import { choice, flag, listOf, mapOf, perFamily, whole, word } from './leaf.ts';
import { nat } from './nat.ts';
import { proof } from './proof.ts';
import { rulesets } from './ruleset.ts';
import { z } from './shape.ts';
import { tunnels } from './tunnel.ts';

/** What old EdgeOS speaks and a careful client doesn't: off unless the file names it. */
export const legacyAlgorithms = [
  'ssh-rsa',
  'ssh-dss',
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group1-sha1',
  'aes128-cbc',
  'aes192-cbc',
  'aes256-cbc',
  '3des-cbc',
  'hmac-md5',
  'hmac-sha1-96',
  'hmac-md5-96',
] as const;

const router = z
  .strictObject({
    host: word(routerHost, 'A name, an address, or an alias of ~/.ssh/config.'),
    user: word(userName, 'The user to log in as; an admin of the router.').optional(),
    port: whole(1, 65535, "The port of the router's SSH server.").optional(),
    legacyAlgorithms: listOf(
      choice(legacyAlgorithms, 'An algorithm.'),
      'Old algorithms that the SSH server of this router needs. None is used unless named here.',
    ).optional(),
  })
  .meta({
    description:
      'How to reach the router. Its host key comes from known_hosts or EDGEWG_HOST_KEY, never from here.',
  });

const uplink = z
  .strictObject({
    mtu: whole(
      576,
      9216,
      'The MTU of the way to the internet, in bytes: 1500, with PPPoE 1492. Default: read from the router.',
    ).optional(),
    rulesets: perFamily(
      word(rulesetName, 'The IPv4 ruleset that guards the router on the uplink.'),
      word(rulesetName, 'The IPv6 ruleset that guards the router on the uplink.'),
      'The rulesets in which listen ports are opened.',
    ).optional(),
    reachable: flag(
      'false: nobody on the internet can begin towards the router, as behind carrier-grade NAT. It must begin every tunnel, and keep each alive. Default: true.',
    ).optional(),
  })
  .meta({ description: 'The way to the internet.' });

const ruleNumbers = listOf(
  z
    .union([whole(1, 9999, 'A rule number.'), word(ruleRange, 'A range of rule numbers.')])
    .meta({ description: 'A rule number, 1 to 9999, or a range such as 21-29.' }),
  'Rule numbers and ranges such as 21-29.',
);

const manages = z
  .strictObject({
    interfaces: listOf(
      word(interfaceRange, 'wg4, or wg1-wg9.'),
      'Interfaces with their peers, routes and ubnt-discover entries.',
    ).optional(),
    firewallRules: mapOf(
      rulesetName,
      'A ruleset on the router.',
      ruleNumbers,
      'Rule numbers, by ruleset.',
    ).optional(),
    natRules: ruleNumbers
      .meta({ description: 'Numbers of NAT rules, and ranges such as 5000-5009.' })
      .optional(),
  })
  .meta({
    description: "What is this file's as a whole: what it does not name is deleted. Default: nothing.",
  });

const limits = z
  .strictObject({
    deleteInterfaces: whole(0, 1000, 'How many interfaces one apply may delete. Default: 0.').optional(),
    deletePeers: whole(0, 100000, 'How many peers one apply may delete. Default: 1.').optional(),
  })
  .meta({ description: 'How much one apply may delete without --allow.' });

const byInterface = <V extends zod.ZodType>(value: V, description: string) =>
  mapOf(interfaceName, 'wg0 to wg999.', listOf(value, 'One or more.'), description).optional();

const absent = z
  .strictObject({
    tunnels: listOf(word(interfaceName, 'wg0 to wg999.'), 'Interfaces, with all below them.').optional(),
    peers: byInterface(word(publicKey, 'The public key of a peer.'), 'Public keys of peers, by interface.'),
    routes: byInterface(word(prefix, 'A prefix.'), 'Prefixes that are routed into a tunnel, by interface.'),
    rulesets: listOf(word(rulesetName, 'A ruleset.'), 'Firewall rulesets.').optional(),
    firewallRules: mapOf(
      rulesetName,
      'A ruleset on the router.',
      listOf(whole(1, 9999, 'A rule number.'), 'Rule numbers.'),
      'Rule numbers, by ruleset.',
    ).optional(),
    natRules: listOf(whole(1, 9999, 'A rule number.'), 'Numbers of NAT rules.').optional(),
    groups: listOf(word(definedGroup, 'A group.'), 'Firewall groups.').optional(),
    neighbors: listOf(word(address, 'An address.'), 'Addresses of BGP neighbours.').optional(),
  })
  .meta({ description: 'What is to be removed from the router, said one by one.' });

const clamp = (min: number, max: number, family: string) =>
  z
    .union([z.enum(['auto', 'off']), whole(min, max, 'Bytes.')])
    .meta({
      description: `\`auto\`, from the smallest tunnel MTU, a number of bytes, or \`off\`: for TCP over ${family}.`,
    })
    .optional();

export const siteShape = z
  .strictObject({
    version: z.literal(1).meta({ description: 'The version of this format: 1.' }),
    router,
    uplink: uplink.optional(),
    manages: manages.optional(),
    limits: limits.optional(),
    tunnels: tunnels.optional(),
    rulesets: rulesets.optional(),
    groups: groups.optional(),
    nat: nat.optional(),
    dns: dns.optional(),
    absent: absent.optional(),
    // the limits are EdgeOS's (docs/edgeos.md 'Clamps')
    mssClamp: z
      .strictObject({ ipv4: clamp(500, 1460, 'IPv4'), ipv6: clamp(1280, 1492, 'IPv6') })
      .meta({ description: 'The largest TCP segment that may be negotiated through a tunnel.' })
      .optional(),
    bgp: bgp.optional(),
    ignore: mapOf(
      findingCode,
      'The code of a finding, such as EW012.',
      word(reason, 'Why that is all right here. It shows in the plan.'),
      'Findings to silence in the whole file, by code, with a reason. On one line: `# edgewg-ignore EW012: reason`.',
    ).optional(),
    rotateAfter: word(duration, 'When a key counts as old: 180d, 26w, 1y.').optional(),
    cluster: cluster.optional(),
    proof: proof.optional(),
  })
  .meta({ title: 'edgewg site file', description: 'WireGuard on one Ubiquiti EdgeRouter, for edgewg.' });

/** The site file as it is written, once its shape is right. */
export type Written = zod.infer<typeof siteShape>;
