// The site file of what is there: its plan is empty, or every line that it can't say is told. On the blog's network and on the real
// configurations beside the project.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { checks } from '../../src/checks/all.ts';
import { importSite } from '../../src/import/import.ts';
import { planFor } from '../../src/import/reduce-to-empty-plan.ts';
import { updateSite } from '../../src/import/update.ts';
import { refusals } from '../../src/plan/allow.ts';
import { makePlan } from '../../src/plan/make.ts';
import { applied } from '../../src/plan/order.ts';
import { isEmpty } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { root } from '../support/run-cli.ts';

const blog = (name: string): string => readFileSync(new URL(`fixtures/blog/${name}`, root), 'utf8');
const router = (text: string): { running: Tree } => ({ running: redact(parseCommands(text)) });
const imported = (text: string, manages = false) =>
  importSite(router(text), { host: 'router' }, { manages, file: 'edgewg.yaml', checks });
const planOf = (text: string, running: Tree) => {
  const { site, place } = loadSite(text, 'edgewg.yaml');
  return makePlan({ site, placeOf: path => place(path), running });
};

describe('import of the blog', () => {
  const complete = blog('complete.commands');

  it('says all of it; what it leaves unsaid is what managing adds', () => {
    const found = imported(complete);
    assert.ok(isEmpty(found.plan));
    assert.ok(isEmpty(planOf(found.text, router(complete).running)));
    assert.deepEqual(found.claimable, ['wg4', 'wg5']);
    assert.deepEqual(
      found.unmanaged.map(({ command }) => command),
      ['set service ubnt-discover interface wg4 disable', 'set service ubnt-discover interface wg5 disable'],
    );
    for (const words of [
      /openPort: \{ ipv4: 24, ipv6: 24 \}/,
      /10\.42\.4\.0\/24: \{ description: Wireguard-srv4-Pods, guard: true \}/,
      /remoteAsn: 64513/,
      /mssClamp: \{ ipv4: 1380, ipv6: 1360 \}/,
      /prometheus/,
    ])
      assert.match(found.text, words);
  });

  it('with manages says everything, and a peer that leaves the file leaves the router', () => {
    const found = imported(complete, true);
    assert.deepEqual(found.unmanaged, []);
    assert.ok(isEmpty(found.plan));
    const without = found.text.replace(/ {6}srv5:\n( {8}.*\n)+/, '').replace('peers:\n    routes', 'routes');
    const commands = planOf(without, router(complete).running).commits.flatMap(({ run }) => run);
    assert.ok(commands.some(({ op, path }) => op === 'delete' && path.includes('peer')));
  });

  it('rebuilds the tunnels on a router that has none of them', () => {
    const bare = complete.replaceAll(/^set .*\bwg[45]\b.*\n/gm, '');
    const found = imported(complete, true);
    const { running } = router(bare);
    const plan = planOf(found.text, running);
    const after = applied(
      running,
      plan.commits.flatMap(({ run }) => run),
    );
    assert.ok(isEmpty({ ...planOf(found.text, after), keys: [] }));
  });
});

describe('import of what a file can not say', () => {
  const key = 'gKoUNRGxUzZ7Nd4bPOHZzNWAQKwOYuoMLk+pnJ+AWng=';
  const lines = (text: string) =>
    Object.fromEntries(
      imported(text).unmanaged.map(({ command, why }) => [command.replace(/^set /, ''), why]),
    );

  it('keeps a literal key where it is, and never shows it', () => {
    const secret = 'iK0XxHHLGvMaXcfvhuEBWpH2hWO4TeWKOcJPFGSHcVQ=';
    const found = imported(`set interfaces wireguard wg0 private-key ${secret}\n`);
    assert.ok(isEmpty(found.plan));
    assert.match(found.text, /# privateKey: \/config\/auth\/wg0\.key/);
    assert.ok(!JSON.stringify(found).includes(secret));
    assert.match(found.unmanaged[0]?.command ?? '', /private-key '\(a literal key, its public half /);
  });

  it('tells what the grammar refuses, leaf by leaf, and keeps the rest', () => {
    const found = lines(
      [
        `set interfaces wireguard wg0 peer ${key} endpoint 'a<b:1'`,
        `set interfaces wireguard wg0 peer ${key} allowed-ips 10.0.0.1/24,10.1.0.0/16`,
        'set interfaces wireguard wg0 private-key /home/ubnt/key',
        'set interfaces wireguard wg0 ip rip split-horizon disable',
        'set protocols static table 5 interface-route 0.0.0.0/0 next-hop-interface wg0',
        'set interfaces wireguard wg1000 mtu 1420',
        'set interfaces wireguard wg03 mtu 1420',
      ].join('\n'),
    );
    assert.match(
      found[`interfaces wireguard wg0 peer ${key} endpoint 'a<b:1'`] ?? '',
      /holds the character </,
    );
    assert.match(
      found['interfaces wireguard wg0 private-key /home/ubnt/key'] ?? '',
      /not below \/config\/auth/,
    );
    assert.match(found['interfaces wireguard wg0 ip rip split-horizon disable'] ?? '', /no word for it/);
    assert.match(
      found['protocols static table 5 interface-route 0.0.0.0/0 next-hop-interface wg0'] ?? '',
      /never touches it/,
    );
    assert.match(found['interfaces wireguard wg1000 mtu 1420'] ?? '', /above wg999/);
    assert.match(found['interfaces wireguard wg03 mtu 1420'] ?? '', /leading zero/);
    assert.equal(Object.keys(found).length, 6);
  });

  it('leaves a ruleset alone that others use, or that says more than a file can', () => {
    const text = [
      'set interfaces wireguard wg0 firewall in name SHARED',
      'set interfaces wireguard wg0 firewall local name ODD',
      'set interfaces ethernet eth1 firewall in name SHARED',
      'set firewall name SHARED default-action drop',
      'set firewall name ODD default-action drop',
      'set firewall name ODD rule 10 action accept',
      'set firewall name ODD rule 10 limit rate 5/second',
    ].join('\n');
    const found = imported(text);
    assert.ok(isEmpty(found.plan));
    assert.doesNotMatch(found.text, /^rulesets:/m);
    assert.match(found.text, /firewall: \{ in: \{ ipv4: SHARED \}, local: \{ ipv4: ODD \} \}/);
    assert.match(lines(text)['firewall name ODD rule 10 limit rate 5/second'] ?? '', /edgewg would delete/);
  });
});

describe('import --update', () => {
  const complete = blog('complete.commands');
  const site = blog('site.yaml');
  const update = (text: string, config: string) =>
    updateSite(text, loadSite(text, 'edgewg.yaml'), router(config), 'edgewg.yaml');

  it('changes nothing where nothing differs', () => {
    const { text, plan } = update(site, complete);
    assert.equal(text, site);
    assert.ok(isEmpty(plan));
  });

  it('follows what somebody did on the router, and keeps comments and order', () => {
    const config = complete
      .replace('wg4 listen-port 51824', 'wg4 listen-port 51999')
      .replaceAll('destination port 51824', 'destination port 51999')
      .replace(/^set .*interface-route 192\.99\.38\.172\/32 .*\n/m, '')
      .replace('allowed-ips 10.42.5.0/24', 'allowed-ips 10.42.6.0/24')
      .replace(
        /$/,
        `set interfaces wireguard wg5 peer ${Buffer.alloc(32, 7).toString('base64')} allowed-ips 10.9.0.0/24\n`,
      );
    const { text, plan, left } = update(site, config);
    assert.deepEqual(left, []);
    assert.ok(isEmpty(plan), JSON.stringify(plan.commits));
    const comments = (of: string): string[] => of.split('\n').flatMap(line => /#.*$/.exec(line)?.[0] ?? []);
    assert.deepEqual(comments(text), comments(site));
    assert.match(text, /listenPort: 51999/);
    assert.doesNotMatch(text, /192\.99\.38\.172\/32: Wireguard-srv4-Public/);
    assert.match(
      text,
      /allowedIPs: \[ ?192\.168\.5\.5\/32, 203\.0\.113\.172\/32, 192\.168\.10\.0\/24, 10\.42\.6\.0\/24 ?\]/,
    );
  });

  it('keeps a tunnel that the router has not got yet, and says so', () => {
    const { text, plan, left } = update(site, complete.replaceAll(/^set .*\bwg5\b.*\n/gm, ''));
    assert.match(text, /\n {2}wg5:\n/);
    assert.ok(!isEmpty(plan));
    assert.ok(left.length > 0);
  });
});

describe('import of the corpus', () => {
  const corpus = new URL('../../../../shared/corpus/', import.meta.url);
  const files = existsSync(corpus) ? readdirSync(corpus).filter(file => /\.(boot|commands)$/.test(file)) : [];
  before(function () {
    if (files.length === 0) this.skip();
  });

  it('gives an empty plan for every configuration, and a reason for every line that it leaves out', () => {
    const table: string[] = [];
    for (const file of files) {
      const bytes = readFileSync(new URL(file, corpus));
      if (!bytes.includes('wireguard wg') && !bytes.includes('wireguard {')) continue;
      let running: Tree;
      try {
        running = redact(readConfiguration(bytes, file));
      } catch {
        table.push(`${file}: no configuration that a router printed`);
        continue;
      }
      const found = importSite(
        { running },
        { host: 'router' },
        { manages: false, file: 'edgewg.yaml', checks },
      );
      const { running: again } = { running };
      assert.ok(isEmpty(planOf(found.text, again)), file);
      assert.ok(found.unmanaged.every(({ why }) => why !== ''));
      const { diagnostics } = planFor(loadSite(found.text, 'edgewg.yaml'), { running }, checks);
      assert.deepEqual(found.refused, refusals(diagnostics, new Map()), file);
      table.push(`${file}: ${found.tunnels} tunnels, plan empty, ${found.unmanaged.length} lines told`);
    }
    assert.ok(table.length >= 15, table.join('\n'));
    if (process.env['EDGEWG_TABLE'] !== undefined) process.stdout.write(`${table.join('\n')}\n`);
  });
});

describe('import of what is wrong on the router', () => {
  const base = `set interfaces wireguard wg0 address 10.9.0.1/24
set interfaces wireguard wg0 private-key /config/auth/wg0.key
set interfaces wireguard wg0 route-allowed-ips false
`;
  const keys = [1, 2].map(n => Buffer.alloc(32, n).toString('base64'));
  const found = (lines: string) =>
    importSite(
      { running: redact(parseCommands(base + lines)) },
      { host: 'router' },
      { manages: false, file: 'f', checks },
    );

  it('tells that the plan of what it wrote is refused', () => {
    const twice = keys
      .map(key => `set interfaces wireguard wg0 peer ${key} allowed-ips 10.9.0.0/24\n`)
      .join('');
    const { plan, refused } = found(twice);
    assert.ok(isEmpty(plan));
    assert.deepEqual(
      refused.map(({ code }) => code),
      ['EW130'],
    );
  });

  it('leaves out one bad value of a list, and says why of it alone', () => {
    const { text, unmanaged } = found("set interfaces wireguard wg0 address 'fd00:9::g/64'\n");
    assert.match(text, /address: \[10\.9\.0\.1\/24\]/);
    assert.deepEqual(
      unmanaged.map(({ command, why }) => [command, why]),
      [
        [
          "set interfaces wireguard wg0 address 'fd00:9::g/64'",
          'address is neither an IPv4 nor an IPv6 address',
        ],
      ],
    );
  });

  it('tells which interface no site file can have, and why', () => {
    const { leftOut, tunnels } = found('set interfaces wireguard wg03 address 10.9.3.1/24\n');
    assert.equal(tunnels, 1);
    assert.deepEqual(
      leftOut.map(({ name }) => name),
      ['wg03'],
    );
    assert.notEqual(leftOut[0]?.why, '');
  });

  it('takes no stars for a value', () => {
    const { text, unmanaged } = found(
      `set interfaces wireguard wg0 peer ${keys[0]} preshared-key ****************\n`,
    );
    assert.doesNotMatch(text.replaceAll(/^ *#.*$/gm, ''), /\*\*/);
    assert.match(
      unmanaged.find(({ command }) => command.includes('preshared-key'))?.why ?? '',
      /secrets hidden/,
    );
  });
});
