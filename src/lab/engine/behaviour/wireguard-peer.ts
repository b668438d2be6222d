// What the package's script for peers does: every option is set again from the working configuration.
import { type Act, failed, fine, type Outcome } from '../action.ts';
import { at, valueAt, valuesAt } from '../config.ts';
import type { Template } from '../template.ts';
import type { WgDevice } from '../wireguard-device.ts';
import { on } from './attach.ts';
import { endpointOutcome } from './endpoint.ts';
import { keyText, linkOf, script } from './wireguard-link.ts';
import { updateRoutes } from './wireguard-routes.ts';

export function peerBehaviour(peer: Template): void {
  peer.end = script(act => {
    const device = linkOf(act)?.wg;
    const isOff = act.state === 'deleted' || at(act.working, [...act.path, 'disable']) !== undefined;
    if (isOff) device?.removePeer(act.value);
    else device?.addPeer(act.value);
    return updateRoutes(act, act.path[2] ?? '');
  });
  on(peer, 'allowed-ips').end = script(withPeer(setAllowedIps));
  on(peer, 'persistent-keepalive').end = script(withPeer(setKeepalive));
  on(peer, 'preshared-key').end = script(withPeer(setPresharedKey));
  on(peer, 'disable').end = script(async act => (act.state === 'deleted' ? setUpAgain(act) : fine));
  on(peer, 'endpoint').end = script(withPeer(setEndpoint));
}

type Step = (act: Act, device: WgDevice, path: readonly string[]) => Outcome | Promise<Outcome>;

/** `path` is that of the peer: the first five words. */
function withPeer(step: Step): (act: Act) => Outcome | Promise<Outcome> {
  return act => {
    const device = linkOf(act)?.wg;
    if (device === undefined) return failed(`Unable to modify interface: No such device`);
    return step(act, device, act.path.slice(0, 5));
  };
}

const setAllowedIps: Step = (act, device, path) => {
  const publicKey = path[4] ?? '';
  device.addPeer(publicKey);
  device.setAllowedIps(
    publicKey,
    valuesAt(act.working, [...path, 'allowed-ips']).flatMap(value => value.split(/[ ,]+/)),
  );
  return updateRoutes(act, path[2] ?? '');
};

const setKeepalive: Step = (act, device, path) => {
  const seconds = valueAt(act.working, [...path, 'persistent-keepalive']) ?? '0';
  device.addPeer(path[4] ?? '').keepalive = Number(seconds);
  return fine;
};

const setPresharedKey: Step = async (act, device, path) => {
  const value = valueAt(act.working, [...path, 'preshared-key']);
  device.addPeer(path[4] ?? '').presharedKey = value === undefined ? undefined : await keyText(act, value);
  return fine;
};

const setEndpoint: Step = async (act, device, path) => {
  const publicKey = path[4] ?? '';
  if (act.state === 'deleted') {
    device.removePeer(publicKey);
    return setUpAgain(act);
  }
  if (at(act.working, [...path, 'disable']) !== undefined) return fine;
  const endpoint = valueAt(act.working, [...path, 'endpoint']) ?? '';
  return endpointOutcome(act.world, endpoint, address => {
    device.addPeer(publicKey).endpoint = address;
  });
};

/** Makes the peer anew with all but its endpoint; a disabled one that is enabled again gets that too. */
async function setUpAgain(act: Act): Promise<Outcome> {
  const path = act.path.slice(0, 5);
  if (at(act.working, path) === undefined) return fine;
  const steps: Step[] = [setAllowedIps, setKeepalive, setPresharedKey];
  if (act.path.at(-1) === 'disable' && at(act.working, [...path, 'endpoint']) !== undefined)
    steps.push(setEndpoint);
  const asSet: Act = { ...act, state: 'changed' };
  for (const step of steps) {
    const outcome = await withPeer(step)(asSet);
    if (!outcome.ok) return outcome;
  }
  return fine;
}
