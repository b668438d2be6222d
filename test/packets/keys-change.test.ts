// What a later render no longer has: a preshared key and a keepalive, taken out of the site file and put in, with the rendered files read again by
// those who run already.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { raiseNode, renderedFor } from './cluster.ts';
import { Container, nodeRoot, objectsBelow } from './container.ts';
import { evidence } from './evidence.ts';
import { until } from './machine.ts';
import { addWireGuard, hasWireGuard, setTunnel } from './router.ts';
import { type Agreed, agree, raise, type Scene } from './scene.ts';
import { pings } from './traffic.ts';
import type { Server } from './world.ts';

const image = `kubernetes: { image: "example.net/wireguard@sha256:${'0'.repeat(64)}" }`;

/** Each render by its name: with a preshared key for srv4 and a keepalive of its own, or with neither. */
interface Renders {
  readonly with: string;
  readonly without: string;
  readonly key: string;
}

async function renders(agreed: Agreed, variant: 'wg-quick' | 'kubernetes'): Promise<Renders> {
  const key = execFileSync('wg', ['genpsk'], { encoding: 'utf8' });
  const secrets = { PSK_OF_SRV4: key.trim() };
  // the router begins, so that the nodes need no keepalive
  const without = (text: string): string =>
    text.replace(/^ {2}routerEndpoint:.*\n/m, '').replace(/^cluster:\n/m, `$&  ${image}\n`);
  const more = (text: string): string =>
    without(text)
      .replace(/^( {6})srv4:\n/m, '$&$1  presharedKey: env:PSK_OF_SRV4\n')
      .replace(/^( {6})tunnel: wg4\n/m, '$&$1persistentKeepalive: 15\n');
  const { committed } = agreed;
  return {
    with: await committed.render(`${variant}-with-psk`, variant, { site: more, secrets }),
    without: await committed.render(`${variant}-without-psk`, variant, { site: without }),
    key,
  };
}

/** The router with this preshared key, or none, and without any session. */
function routerHas({ router, meaning, agreed }: Scene, server: Server, presharedKey?: string): void {
  const peer = ['wg', 'set', server.tunnel, 'peer', agreed.keys[server.name].public];
  router.run([...peer, 'remove']);
  setTunnel(router, meaning, server.tunnel, agreed.committed.root);
  if (presharedKey === undefined) return;
  router.write('/run/psk', presharedKey);
  router.run([...peer, 'preshared-key', '/run/psk']);
}

/** A handshake after the router forgot the session, and what WireGuard on the node has of the two settings. */
function shown(scene: Scene, server: Server): string {
  assert.ok(pings(scene.lan, server.podAddress, 30), `${server.name} answers`);
  const [, dump = ''] = server.machine.run(['wg', 'show', 'wg0', 'dump']).trim().split('\n');
  const [, presharedKey, , , , , , keepalive] = dump.split('\t');
  return `${presharedKey === '(none)' ? 'none' : 'a key'}, keepalive ${keepalive}`;
}

describe('packets: a preshared key and a keepalive come and go', () => {
  let scene: Scene | undefined;
  afterEach(() => scene?.stop());

  it('with wg-quick, by syncconf', async function () {
    const agreed = await agree();
    const made = await renders(agreed, 'wg-quick');
    scene = await raise(agreed, server => raiseNode(server, made.without, agreed.keys[server.name]));
    const [srv4] = scene.servers;
    const { machine } = srv4;
    const again = (nodes: string): void => {
      for (const [path, text] of renderedFor(nodes, srv4, ['/etc/']))
        if (path.startsWith('/etc/wireguard/')) machine.write(path, text);
      machine.run(['bash', '-ec', 'wg syncconf wg0 <(wg-quick strip wg0); sh /etc/wireguard/wg0.sh up']);
    };
    assert.equal(shown(scene, srv4), 'none, keepalive off');
    machine.write('/etc/wireguard/wg0.psk', made.key);
    again(made.with);
    routerHas(scene, srv4, made.key);
    const has = shown(scene, srv4);
    assert.equal(has, 'a key, keepalive 15');
    again(made.without);
    routerHas(scene, srv4);
    assert.equal(shown(scene, srv4), 'none, keepalive off');
    evidence(this, `${has}; taken out: none, keepalive off; a handshake each time`);
  });

  it('with the pods, by another pod', async function () {
    const agreed = await agree();
    const made = await renders(agreed, 'kubernetes');
    let pod: Container | undefined;
    const start = ({ machine, name }: Server, folder: string): Container =>
      Container.start(machine, objectsBelow(folder), name);
    scene = await raise(agreed, async server => {
      const { machine, name } = server;
      if (!hasWireGuard(machine)) addWireGuard(machine, 'wg0');
      machine.sh(`mkdir -p ${nodeRoot}/var/lib/edgewg`);
      machine.write(`${nodeRoot}/var/lib/edgewg/wg0.key`, agreed.keys[name].private);
      const container = start(server, made.without);
      if (name === 'srv4') pod = container;
    });
    const [srv4] = scene.servers;
    const again = async (folder: string): Promise<void> => {
      assert.equal(await pod?.stop(), 0);
      pod = start(srv4, folder);
      const { said } = pod;
      await until(
        'the pod is up',
        () => pod?.exec('livenessProbe').exit === 0 || undefined,
        () => said,
        20,
      );
    };
    assert.equal(shown(scene, srv4), 'none, keepalive off');
    await again(made.with);
    routerHas(scene, srv4, made.key);
    const has = shown(scene, srv4);
    assert.equal(has, 'a key, keepalive 15');
    await again(made.without);
    routerHas(scene, srv4);
    assert.equal(shown(scene, srv4), 'none, keepalive off');
    evidence(this, `${has}; taken out: none, keepalive off; a handshake each time`);
  });
});
