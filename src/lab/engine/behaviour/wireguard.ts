// `interfaces wireguard`: the checks and scripts of the wireguard-vyatta-ubnt package (docs/edgeos.md 'WireGuard nodes'; transcripts
// set-errors, partial-commit, duplicate-allowed-ips, multi-values, defaults).
import { type Act, failed, fine, type Outcome } from '../action.ts';
import { at, valueAt } from '../config.ts';
import type { Link } from '../kernel.ts';
import type { Template } from '../template.ts';
import { duplicateAddress, validAddress } from './addresses.ts';
import { allowedIpsProblem } from './allowed-ips.ts';
import { expression, has, inCommit, on, pattern, program, range } from './attach.ts';
import { attachments } from './firewall.ts';
import { isAllowedIp, isKeyOrFile, markProblem, throughShell } from './keys.ts';
import { keyText, linkOf, script } from './wireguard-link.ts';
import { peerBehaviour } from './wireguard-peer.ts';
import { updateRoutes } from './wireguard-routes.ts';

export function wireguardBehaviour(root: Template): void {
  if (!has(root, 'interfaces wireguard')) return;
  const wg = on(root, 'interfaces wireguard');
  pattern(wg, /^wg[0-9]+$/, 'wg must be (wg0-wg999)');
  inCommit(wg, act => valueAt(act.working, [...act.path, 'private-key']) !== undefined, noKey);
  program(wg, act => allowedIpsProblem(act, act.value, undefined), true);
  wg.end = script(interfaceScript);
  leaves(wg);
  const peer = on(wg, 'peer');
  pattern(peer, /^[0-9a-zA-Z+/]{43}=$/, 'Key is not valid 44-character (32-bytes) base64');
  program(peer, act => allowedIpsProblem(act, act.path[2] ?? '', act.value), true);
  description(on(peer, 'description'));
  range(on(peer, 'persistent-keepalive'), 1, 65535, 'Value must be between 1 and 65535 seconds');
  on(peer, 'allowed-ips').checks.push({
    run: throughShell(isAllowedIp, 'Value must contain valid IP addresses'),
  });
  keyChecks(on(peer, 'preshared-key'), 'Error: Preshared-key % not found');
  peerBehaviour(peer);
  attachments(wg);
}

const noKey = 'Private key must be specified for %';

function description(leaf: Template): void {
  const fits = ({ value }: Act): boolean => value !== '' && Buffer.byteLength(value) <= 256;
  expression(leaf, fits, 'interface description is too long (limit 256 characters)');
}

function keyChecks(leaf: Template, missing: string): void {
  leaf.checks.push({
    onlyInCommit: true,
    run: async act =>
      (await isKeyOrFile(act)) ? fine : { ok: false, text: missing.replace('%', act.value) },
  });
  leaf.checks.push({ run: throughShell(isKeyOrFile) });
}

function leaves(wg: Template): void {
  const address = on(wg, 'address');
  program(address, ({ value }) => validAddress(value));
  program(address, duplicateAddress, true);
  address.create = script(addAddress);
  address.delete = script(removeAddress);
  description(on(wg, 'description'));
  expression(
    on(wg, 'fwmark'),
    ({ value }) => !value.includes('!'),
    "Modify mark can not be inverted with '!'",
  );
  program(on(wg, 'fwmark'), ({ value }) => markProblem(value));
  range(on(wg, 'listen-port'), 1, 65535, 'Port must be between 1 and 65535');
  range(on(wg, 'mtu'), 64, 8024, 'Must be between 64-8024');
  program(on(wg, 'mtu'), ({ value, world }) =>
    Number(value) > world.maxMtu ? `The max allowed MTU on this platform is ${world.maxMtu}` : undefined,
  );
  const validation = "source-validation must be set to 'loose', 'strict' or 'disable'";
  expression(
    on(wg, 'ip source-validation'),
    ({ value }) => ['loose', 'strict', 'disable'].includes(value),
    validation,
  );
  keyChecks(on(wg, 'private-key'), 'Error: Private key % not found');
  const set = (name: string, apply: (act: Act, link: Link, value: string | undefined) => void): void => {
    on(wg, name).end = script(act => {
      const link = linkOf(act);
      if (link !== undefined) apply(act, link, valueAt(act.working, act.path));
      return fine;
    });
  };
  set('description', (_, link, value) => {
    link.alias = value ?? '';
  });
  set('fwmark', (_, link, value) => {
    if (link.wg !== undefined) link.wg.fwmark = Number(value?.split('/')[0] ?? 0);
  });
  set('listen-port', (act, link, value) => {
    if (link.wg !== undefined) link.wg.listenPort = value === undefined ? freePort(act) : Number(value);
  });
  set('mtu', (_, link, value) => {
    if (value !== undefined) link.mtu = Number(value);
  });
  on(wg, 'private-key').end = script(setPrivateKey);
  on(wg, 'route-allowed-ips').end = script(act => updateRoutes(act, act.path[2] ?? ''));
}

/** Makes, restarts or removes the interface: what any change without a place of its own in the commit comes to. */
async function interfaceScript(act: Act): Promise<Outcome> {
  const { kernel } = act.world;
  const name = act.value;
  if (!/^wg\d{0,3}$/.test(name)) return failed('Invalid interface');
  const known = kernel.links.get(name);
  if (known === undefined) {
    const made = kernel.addLink(name, 'wireguard', 1420, false);
    if (made.wg !== undefined) made.wg.listenPort = freePort(act);
  } else {
    const down = await command(act, 'down-command');
    if (!down.ok) return down;
  }
  if (act.state === 'deleted') {
    kernel.removeLink(name);
    return fine;
  }
  kernel.setDown(name);
  if (at(act.working, [...act.path, 'disable']) !== undefined) return fine;
  kernel.setUp(name);
  return command(act, 'up-command');
}

/** Runs a command of the configuration as the script does: by `eval`, its output thrown away. */
async function command(act: Act, leaf: string): Promise<Outcome> {
  const text = valueAt(act.working, [...act.path, leaf]);
  if (text === undefined) return fine;
  const answer = await act.world.sh(`${text} > /dev/null`, act.call);
  return { ok: answer.exit === 0, said: answer.stderr };
}

/** A port that the kernel would choose: any that no other interface has. */
function freePort(act: Act): number {
  const used = new Set([...act.world.kernel.links.values()].map(link => link.wg?.listenPort));
  let port = 32768 + (act.world.now().getTime() % 28000);
  while (used.has(port)) port++;
  return port;
}

function addAddress(act: Act): Outcome {
  const link = linkOf(act);
  if (link === undefined) return failed(`Cannot find device "${act.path[2]}"`);
  if (!link.addresses.includes(act.value)) link.addresses.push(act.value);
  return fine;
}

function removeAddress(act: Act): Outcome {
  const link = linkOf(act);
  if (link !== undefined) link.addresses = link.addresses.filter(address => address !== act.value);
  return fine;
}

async function setPrivateKey(act: Act): Promise<Outcome> {
  const device = linkOf(act)?.wg;
  const value = valueAt(act.working, act.path);
  if (device === undefined) return fine;
  const before = device.privateKey;
  device.privateKey = value === undefined ? undefined : await keyText(act, value);
  if (device.privateKey !== before) device.forgetSessions();
  return fine;
}
