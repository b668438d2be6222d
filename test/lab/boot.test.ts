// How the lab's router starts, keeps what was committed, and goes back: boot, save, archive, commit-confirm and rollback
// (docs/edgeos.md 'Firmware upgrades', 'config.boot', 'commit-confirm'; interactive/09, 12 and 13).
import assert from 'node:assert/strict';
import { Console } from '../support/console.ts';

const wrapper = 'vyatta-cfg-cmd-wrapper';
const log = '/var/log/vyatta/vyatta-config-loader.log';
const boot = `interfaces {
    ethernet eth0 {
        address 192.168.1.1/24
    }
}
system {
    config-management {
        commit-revisions 3
    }
    host-name lab
}
/* === vyatta-config-version: "system@5" === */
`;
const mgmt = (lab: Console, ...args: string[]) => lab.run('vyatta-config-mgmt.pl', args);
const reboot = async (lab: Console) => {
  lab.router.halt();
  await lab.through(lab.router.boot());
};

describe("the lab's router", () => {
  it('starts with what was saved, not with what was committed', async () => {
    const lab = await Console.start({ boot });
    await lab.configure('set interfaces ethernet eth1 description one');
    await lab.cfg('save');
    await lab.configure('set interfaces ethernet eth1 description two');
    await lab.cfg('begin');
    await lab.cfg('set interfaces ethernet eth1 description three');
    await reboot(lab);
    assert.match(await lab.commands(), /eth1 description one/);
    assert.equal(lab.router.engine.sessions.size, 0);
  });

  it('starts without the nodes that it does not take, and says which', async () => {
    const bad = boot.replace('address 192', 'colour blue\n        address 192');
    const lab = await Console.start({ boot: `${bad}nonsense {\n    here 1\n}\n` });
    assert.match(await lab.commands(), /eth0 address 192\.168\.1\.1\/24/);
    assert.match(lab.text(log), /'interfaces' 'ethernet' 'eth0' 'colour' 'blue'/);
    assert.match(lab.text(log), /nonsense/);
  });

  it('starts with what the commit let through', async () => {
    const tunnel = 'wireguard wg0 {\n        address 10.0.0.1/24\n    }\n    ethernet eth0 {';
    const lab = await Console.start({ boot: boot.replace('ethernet eth0 {', tunnel) });
    assert.doesNotMatch(await lab.commands(), /wg0/);
    assert.match(await lab.commands(), /eth0 address/);
    assert.match(lab.text(log), /Private key must be specified for wg0/);
  });

  it('starts as from the factory when config.boot cannot be read, and keeps that file', async () => {
    const lab = await Console.start({ boot: 'interfaces {\n    ethernet eth0 {\n' });
    assert.match(await lab.commands(), /eth0 address 192\.168\.1\.1\/24/);
    assert.match(await lab.commands(), /host-name ubnt/);
    const kept = [...lab.files.keys()].filter(name => name.startsWith('/config/config.boot.'));
    assert.equal(kept.length, 1);
  });

  it('has no tunnels after a firmware upgrade, and config.boot still has them', async () => {
    const key = `${'p'.repeat(42)}o=`;
    const text = boot.replace(
      'ethernet eth0 {',
      `wireguard wg0 {\n        private-key ${key}\n    }\n    ethernet eth0 {`,
    );
    assert.match(await (await Console.start({ boot: text })).commands(), /wireguard wg0/);
    const upgraded = await Console.start({ boot: text, seed: text, wireguard: { isInstalled: false } });
    assert.doesNotMatch(await upgraded.commands(), /wireguard/);
    assert.match(upgraded.text('/config/config.boot'), /wireguard wg0/);
    const dpkg = await upgraded.run('dpkg-query', ['-W', 'wireguard']);
    assert.equal(dpkg.exit, 1);
    await upgraded.cfg('begin');
    const set = await upgraded.run(wrapper, ['set', 'interfaces', 'wireguard', 'wg0', 'mtu', '1400']);
    assert.equal(set.stdout, 'The specified configuration node is not valid\nSet failed\n');
    await upgraded.cfg('save');
    assert.doesNotMatch(upgraded.text('/config/config.boot'), /wireguard wg0/);
  });

  it('keeps the last commits, with who and how', async () => {
    const lab = await Console.start({ boot });
    for (const word of ['one', 'two', 'three', 'four']) {
      await lab.cfg('begin');
      await lab.cfg(`set interfaces ethernet eth1 description ${word}`);
      await lab.cfg('commit', { env: { COMMIT_VIA: 'edgewg', COMMIT_COMMENT: `say ${word}` } });
    }
    const shown = (await lab.op('show system commit')).trim().split('\n');
    assert.equal(shown.length, 6);
    assert.match(shown[0] ?? '', /^0 {3}2026-11-20 11:00:00 by ubnt via edgewg$/);
    assert.equal(shown[1], '    say four');
    const compared = await mgmt(lab, '--action=compare', '--revs=0,2');
    assert.equal(compared.stdout, '[edit interfaces ethernet eth1]\n>description four\n');
  });

  it('goes back by a reboot unless the commit is confirmed in time', async () => {
    const lab = await Console.start({ boot });
    await lab.configure('set interfaces ethernet eth1 description new');
    assert.equal((await mgmt(lab, '--action=commit-confirm', '--minutes=2', '--confirmed')).exit, 0);
    await lab.pass(61_000);
    assert.equal(lab.reboots, 0);
    await lab.pass(60_000);
    await lab.pass(0);
    assert.equal(lab.reboots, 1);
    await reboot(lab);
    assert.doesNotMatch(await lab.commands(), /description new/);
  });

  it('stays when the commit is confirmed', async () => {
    const lab = await Console.start({ boot });
    await lab.configure('set interfaces ethernet eth1 description new');
    await mgmt(lab, '--action=commit-confirm', '--minutes=2', '--confirmed');
    assert.equal((await mgmt(lab, '--action=confirm')).stdout, '');
    await lab.pass(600_000);
    await lab.pass(0);
    assert.equal(lab.reboots, 0);
    assert.equal((await mgmt(lab, '--action=confirm')).stdout, 'No confirm pending\n');
  });

  it('forgets a pending confirmation when it goes down', async () => {
    const lab = await Console.start({ boot });
    await mgmt(lab, '--action=commit-confirm', '--minutes=2', '--confirmed');
    await reboot(lab);
    await lab.pass(600_000);
    await lab.pass(0);
    assert.equal(lab.reboots, 0);
  });

  it('goes back to a revision by a reboot', async () => {
    const lab = await Console.start({ boot });
    await lab.configure('set interfaces ethernet eth1 description one');
    await lab.configure('set interfaces ethernet eth1 description two');
    assert.match(
      (await mgmt(lab, '--action=rollback', '--revnum=9', '--confirmed')).stdout,
      /Invalid revision \[9\]/,
    );
    await mgmt(lab, '--action=rollback', '--revnum=1', '--confirmed');
    assert.equal(lab.reboots, 1);
    await reboot(lab);
    assert.match(await lab.commands(), /eth1 description one/);
  });
});
