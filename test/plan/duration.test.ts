import assert from 'node:assert/strict';
import { durationOf } from '../../src/plan/duration.ts';
import type { Commit } from '../../src/plan/types/plan.ts';
import { durationText } from '../../src/report/expected.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';

const commit = (...lines: string[]): Commit => ({
  run: lines.map(line => {
    const [op, ...path] = line.split(' ');
    return { op: op === 'delete' ? 'delete' : 'set', path };
  }),
  undo: [],
});

/** As many lines as the recorded change of two tunnels: its commit took 2.3 s, the whole plain exec 3.4 s (interactive/19). */
const twoTunnels = commit(
  ...[0, 1].flatMap(n => [
    `set interfaces wireguard wg${n} address 192.168.200.${n}/32`,
    `set interfaces wireguard wg${n} description node`,
    `set interfaces wireguard wg${n} listen-port 5200${n}`,
    `set interfaces wireguard wg${n} mtu 1420`,
    `set interfaces wireguard wg${n} private-key /config/auth/wg${n}.key`,
    `set interfaces wireguard wg${n} route-allowed-ips false`,
    `set interfaces wireguard wg${n} peer KEY allowed-ips 192.168.200.1/32`,
    `set interfaces wireguard wg${n} peer KEY allowed-ips 10.1.${n}.0/24`,
    `set interfaces wireguard wg${n} peer KEY description node`,
    `set interfaces wireguard wg${n} peer KEY endpoint 198.51.100.1:51820`,
    `set interfaces wireguard wg${n} peer KEY persistent-keepalive 25`,
    ...['action accept', 'description node', 'protocol udp', `destination port 5200${n}`].map(
      leaf => `set firewall name WAN_LOCAL rule 200${n} ${leaf}`,
    ),
    `set protocols static interface-route 10.1.${n}.0/24 next-hop-interface wg${n}`,
    `set protocols static interface-route 192.168.200.1/32 next-hop-interface wg${n}`,
    `set protocols static route 10.1.${n}.0/24 blackhole distance 254`,
  ]),
);

describe('how long an apply takes', () => {
  const empty = parseCommands('');

  it('is what the recorded change took, on a router that reads itself as fast', () => {
    const { about_seconds, unmeasured } = durationOf([twoTunnels], empty, { seconds: 0.25, lines: 0 });
    assert.ok(about_seconds >= 3 && about_seconds <= 5, String(about_seconds));
    assert.deepEqual(unmeasured, []);
  });

  it('grows as the router is slower, and no finer than it is known', () => {
    const { about_seconds } = durationOf([twoTunnels], empty, { seconds: 2.5, lines: 0 });
    assert.ok(about_seconds >= 30 && about_seconds <= 45 && about_seconds % 5 === 0, String(about_seconds));
  });

  it("does not take a large configuration's reading for a slow router", () => {
    const slow = durationOf([twoTunnels], empty, { seconds: 0.55, lines: 10_000 });
    assert.ok(slow.about_seconds <= 5, String(slow.about_seconds));
  });

  it('names what nobody has measured', () => {
    const bgp = commit('set protocols bgp 65001 neighbor 192.0.2.1 remote-as 65002');
    const duration = durationOf([bgp], empty, { seconds: 0.25, lines: 0 });
    assert.deepEqual(duration.unmeasured, ['protocols bgp']);
    assert.equal(durationText(duration), ', about 1 s and what protocols bgp takes');
  });

  it('tells what goes and what stays apart', () => {
    const running = parseCommands("set interfaces wireguard wg0 description 'x'\n");
    const gone = durationOf([commit('delete interfaces wireguard wg0')], running, { seconds: 2.5, lines: 1 });
    const described = durationOf([commit('set interfaces wireguard wg0 description y')], running, {
      seconds: 2.5,
      lines: 1,
    });
    assert.ok(gone.about_seconds > described.about_seconds);
  });

  it('is said in minutes where it takes minutes, and not at all where it is not known', () => {
    assert.equal(durationText({ about_seconds: 120, unmeasured: [] }), ', about 2 min');
    assert.equal(durationText(undefined), '');
  });
});
