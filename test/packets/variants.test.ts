// The rendered files for other systems than wg-quick with nftables: each started as its own system does, and the same asked of all.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fragments, type Recording, record, sizes } from './capture.ts';
import { evidence } from './evidence.ts';
import { until } from './machine.ts';
import { restartNetworkd } from './networkd.ts';
import { agree, raise, type Scene } from './scene.ts';
import { asBefore, left, stateFile, stateOf } from './state.ts';
import { fetch, pings, serve } from './traffic.ts';
import { variants } from './variants.ts';
import { home, uplinkAddresses } from './world.ts';

const clear = (recording: Recording): string[] =>
  recording.sofar(`host ${home.address} or host ${home.address6}`);

for (const variant of variants)
  describe(`packets: ${variant.what}`, () => {
    let scene: Scene;
    before(async function () {
      const missing = (variant.needs ?? []).filter(name => spawnSync('which', [name]).status !== 0);
      if (missing.length > 0) {
        process.stderr.write(`SKIPPED: ${variant.what}: ${missing.join(', ')} not installed\n`);
        if (process.env['CI'] === 'true') assert.fail('not installed');
        return this.skip();
      }
      const agreed = await agree();
      scene = await raise(agreed, await variant.prepare(agreed));
    });
    after(() => scene?.stop());

    it('shake hands, and carry packets both ways over IPv4 and IPv6', async function () {
      await serve(scene.lan, 9090, 1000);
      for (const server of scene.servers) {
        for (const address of [server.podAddress, server.podAddress6])
          assert.ok(pings(scene.lan, address), address);
        for (const address of [home.address, home.address6])
          assert.equal(fetch(server.pod, address, 9090, 1000)?.received, 1000, address);
        const [, at] = server.machine.run(['wg', 'show', 'wg0', 'latest-handshakes']).trim().split('\t');
        assert.notEqual(at, '0');
        evidence(this, `${server.name} at ${at}`);
      }
    });

    it("reach the public address encrypted, and WireGuard's packets only ever leave from the secondary one", async function () {
      for (const server of scene.servers) {
        const link = await record(scene.internet, server.name, server.public);
        const key = scene.agreed.keys[server.name].public;
        scene.router.run(['wg', 'set', server.tunnel, 'peer', key, 'endpoint', `[${server.primary}]:51820`]);
        const endpoint = () =>
          scene.router.run(['wg', 'show', server.tunnel, 'endpoints']).trim().split('\t')[1];
        await until('the endpoint comes home', () => {
          pings(server.machine, `192.168.5.1${server.tunnel.slice(2)}`, 2);
          return endpoint() === `[${server.endpoint}]:51820` || undefined;
        });
        assert.ok(pings(scene.lan, server.public));
        const packets = await link.stop();
        const own = packets.matching('udp src port 51820');
        assert.ok(own.length > 0);
        assert.deepEqual(packets.matching(`udp src port 51820 and not src host ${server.endpoint}`), []);
        assert.deepEqual(packets.matching('icmp[0] = 0 or icmp[0] = 8'), []);
        evidence(this, `${server.name}: ${own.length} packets, all from ${server.endpoint}`);
      }
    });

    it('clamp the segments that arrive, without a fragment', async function () {
      const [server] = scene.servers;
      await serve(server.pod, 8080, 200_000);
      for (const [family, pod, lan] of [
        [4, server.podAddress, home.address],
        [6, server.podAddress6, home.address6],
      ] as const) {
        const link = await record(scene.internet, 'home', uplinkAddresses[4].replace(/\/.*/, ''));
        const atLan = await record(scene.lan, 'eth0', home.gateway);
        const atPod = await record(server.pod, 'eth0', server.podGateway);
        assert.equal(fetch(scene.lan, pod, 8080, 200_000)?.received, 200_000);
        const [podSaw, lanSaw] = [await atPod.stop(), await atLan.stop()];
        const mss = scene.agreed.mtu.tunnel - (family === 4 ? 40 : 60);
        const arrived = [sizes(podSaw, `src host ${lan}`), sizes(lanSaw, `src host ${pod}`)];
        assert.deepEqual(arrived, [[mss], [mss]]);
        assert.deepEqual((await link.stop()).matching(fragments), []);
        evidence(this, `IPv${family}: MSS ${mss} at the pod and in the LAN`);
      }
    });

    it('are the same when set up again, and sessions go on', async function () {
      for (const server of scene.servers) {
        const before = stateOf(server.machine);
        const pinging = scene.lan.spawn(['ping', '-n', '-i', '0.2', server.podAddress]);
        let said = '';
        pinging.stdout?.on('data', (text: Buffer) => {
          said += text;
        });
        const answers = () => [...said.matchAll(/ bytes from /g)].length;
        await until('pings are answered', () => answers() > 0 || undefined);
        await variant.again(server);
        const then = answers();
        await until('they still are', () => answers() > then + 1 || undefined);
        assert.equal(stateOf(server.machine), before);
        variant.check?.(server);
        const end = once(pinging, 'close');
        pinging.kill('SIGINT');
        await end;
        const [, sent = '0', got = '-1'] = /(\d+) packets transmitted, (\d+) received/.exec(said) ?? [];
        // one may still be on its way
        assert.ok(Number(sent) > 1 && Number(sent) - Number(got) <= 1, said);
        evidence(this, `${server.name}: ${got} of ${sent} pings answered meanwhile`);
      }
    });

    it('keep what is for home encrypted while networkd restarts, and are the same afterwards', async function () {
      for (const server of scene.servers) {
        const before = stateOf(server.machine);
        const link = await record(scene.internet, server.name, server.public);
        const pinging = scene.lan.spawn(['ping', '-n', '-D', '-i', '0.02', server.podAddress]);
        // the router lets no answer of these through; they are for home all the same
        const forHome = [home.address, home.address6].map(to =>
          server.pod.spawn(['ping', '-n', '-i', '0.02', to]),
        );
        let said = '';
        pinging.stdout?.on('data', (text: Buffer) => {
          said += text;
        });
        const answers = () =>
          [...said.matchAll(/^\[([\d.]+)\] .* bytes from /gm)].map(found => Number(found[1]));
        await until(
          'pings are answered',
          () => answers().length > 0 || undefined,
          () => said,
          20,
        );
        await restartNetworkd(server.machine);
        await asBefore(server.machine, before);
        const then = answers().length;
        await until(
          'pings are answered again',
          () => answers().length > then + 1 || undefined,
          () => said,
          20,
        );
        const end = once(pinging, 'close');
        for (const ping of [pinging, ...forHome]) ping.kill('SIGINT');
        await end;
        await link.stop();
        assert.deepEqual(clear(link), []);
        const times = answers();
        const gap = Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)));
        evidence(this, `${server.name}: at most ${gap.toFixed(2)} s without an answer, none in clear`);
      }
    });

    if (variant.pod !== undefined)
      it('say so while their way is gone, and nothing for home leaves even without the tunnel', async function () {
        const [, server] = scene.servers;
        const { machine } = server;
        const pod = variant.pod?.(server) ?? assert.fail();
        const before = stateOf(machine);
        assert.equal(pod.exec('readinessProbe').exit, 0);
        assert.equal(await scene.agreed.committed.check(variant.rendered ?? '', stateFile(machine)), '');
        const link = await record(scene.internet, server.name, server.public);
        const tryHome = (): void => {
          for (const to of [home.address, home.address6]) assert.ok(!pings(server.pod, to, 1));
        };
        pod.signal('SIGSTOP');
        await restartNetworkd(machine);
        machine.sh('ip link set wg0 down');
        // the guard that is a route is gone with the rest; what is left is the one that is a rule
        assert.ok(!/blackhole|lookup 5181/.test(stateOf(machine)));
        const { exit, stderr } = pod.exec('readinessProbe');
        assert.equal(exit, 1);
        for (const what of [
          'link wg0',
          'rule 5181',
          'default route of table 5181',
          'guard for 192.168.2.0/24',
        ])
          assert.ok(stderr.includes(`missing: ${what}\n`), stderr);
        assert.equal(pod.exec('livenessProbe').exit, 1);
        const missing = await scene.agreed.committed.check(variant.rendered ?? '', stateFile(machine));
        assert.match(missing, /^srv5: rule 5181 is missing$/m);
        tryHome();
        assert.deepEqual(clear(link), []);
        const isNft = variant.what.includes('nftables');
        machine.sh(
          isNft ? 'nft delete chain inet edgewg_wg0 home' : 'iptables -F FORWARD; ip6tables -F FORWARD',
        );
        tryHome();
        await until('the leak that the rule held back', () => clear(link).length > 1 || undefined);
        const leaked = clear(link).length;
        pod.signal('SIGCONT');
        await asBefore(machine, before);
        await until(
          'it is ready',
          () => pod.exec('readinessProbe').exit === 0 || undefined,
          () => pod.said,
        );
        assert.ok(pings(scene.lan, server.podAddress));
        await link.stop();
        evidence(
          this,
          `${server.name}: not ready, none in clear; without the rule ${leaked} in clear; then put back`,
        );
      });

    if (variant.down !== undefined)
      it('leave no rule behind, and nothing for home unencrypted', async function () {
        for (const server of scene.servers) {
          const link = await record(scene.internet, server.name, server.public);
          variant.down?.(server);
          assert.ok(!pings(server.pod, home.address, 1));
          assert.ok(!pings(server.pod, home.address6, 1));
          await link.stop();
          assert.deepEqual(clear(link), []);
          await until(
            'nothing is left',
            () => left(server.machine, variant.stays) === '' || undefined,
            () => left(server.machine, variant.stays),
          );
          evidence(this, `${server.name}: no rule, no packet`);
        }
      });
  });
