// Proofs of a site file by the real program over SSH: a page that the router gets, a command of this machine, what is asked again when an
// apply that is held is confirmed. On a tunnel with a number that nobody has; leaves the router as it found it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ran } from '../support/run-cli.ts';
import { ok } from '../support/two-tunnels.ts';
import { fromElsewhere, labUnderTest, type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

const file = ['-f', 'eight.yaml'];
const said = ({ stdout, stderr }: Ran): string => stdout + stderr;

/** Pages and connections may take long on a slow machine; what fails is waited for in vain as long as `within`. */
const write = (router: RouterUnderTest, proof: string): void => {
  router.write(
    'eight.yaml',
    `version: 1
router: ${router.site}
mssClamp: { ipv4: off, ipv6: off }
manages: { interfaces: [wg908] }
tunnels:
  wg908:
    address: [192.0.2.8/32]
    listenPort: 59908
    unfiltered: a test
    peers:
      far: { publicKey: CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=, endpoint: "192.0.2.80:51820", allowedIPs: [198.18.8.1/32] }
proof:
${proof.replaceAll(/^/gm, '  ')}
`,
  );
};
const running = (router: RouterUnderTest): Promise<string> =>
  router.exec('cli-shell-api showConfig --show-active-only --show-commands | grep "wireguard wg908"');

/** A page of the router itself, of status 204. */
const server = `$SIG{PIPE} = "IGNORE";
socket(S, PF_INET, SOCK_STREAM, 0) and setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1) or die;
bind(S, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))) and listen(S, 9) or die;
my ($port) = sockaddr_in(getsockname(S));
open F, ">", "/tmp/e2e-page.new"; print F "$port $$\\n"; close F; rename "/tmp/e2e-page.new", "/tmp/e2e-page";
while (accept(C, S)) { sysread C, $_, 4096; syswrite C, "HTTP/1.1 204 No Content\\r\\nConnection: close\\r\\n\\r\\n"; close C }`;

/** Resolves to its port. */
async function serve(router: RouterUnderTest, port = 0): Promise<number> {
  await router.exec('cat >/tmp/e2e-page.pl', server);
  const said = await router.exec(
    `rm -f /tmp/e2e-page; setsid perl -MSocket /tmp/e2e-page.pl ${port} </dev/null >/dev/null 2>&1 &
    for n in $(seq 60); do [ ! -e /tmp/e2e-page ] || break; sleep 1; done; cat /tmp/e2e-page`,
  );
  assert.match(said, /^\d+ \d+\n$/);
  return Number(said.split(' ')[0]);
}
const stop = (router: RouterUnderTest): Promise<string> =>
  router.exec('read port pid </tmp/e2e-page && kill $pid && rm -f /tmp/e2e-page*');

describe('proofs of a site file', () => {
  let router: RouterUnderTest;
  before(async () => {
    router = await routerUnderTest();
  });
  after(async () => {
    await router?.exec('rm -f /config/auth/wg908.key');
    await router?.close();
  });
  const elsewhere = (): string[] => fromElsewhere(router);

  describe('that the router asks', () => {
    let port = 0;
    before(async () => {
      port = await serve(router);
    });
    after(async () => {
      await stop(router);
    });
    const page = (status: number, within: string): string =>
      `http: { url: "http://127.0.0.1:${port}/healthz", status: ${status}, within: ${within} }\ntcp: { to: "127.0.0.1:${port}", within: 60s }`;

    it('are in the plan, and put the router back when another status comes', async () => {
      write(router, page(200, '10s'));
      assert.match(
        ok(await router.edgewg('plan', ...file)).stdout,
        new RegExp(`http://127\\.0\\.0\\.1:${port}/healthz`),
      );
      const ran = ok(await router.edgewg('apply', ...file, '--yes'), 5);
      assert.match(
        said(ran),
        new RegExp(
          `the router gets http://127\\.0\\.0\\.1:${port}/healthz — saw status 204; running and saved`,
        ),
      );
      assert.equal(await running(router), '');
    });

    it('hold at once where the page is there, and are told', async () => {
      write(router, page(204, '60s'));
      const ran = ok(await router.edgewg('apply', ...file, '--yes'));
      assert.match(ran.stderr, new RegExp(`the router gets http://127\\.0\\.0\\.1:${port}/healthz`));
      assert.match(ran.stderr, new RegExp(`the router reaches 127\\.0\\.0\\.1:${port} by TCP`));
      ok(await router.edgewg('rollback', ...file, '--yes'));
    });

    it('are asked again when an apply is confirmed, from a machine without the file too', async () => {
      write(router, page(204, '60s'));
      const held = ok(await router.edgewg('apply', ...file, '--yes', '--hold', '30m', '--format', 'json'));
      const { id } = JSON.parse(held.stdout) as { id: string };
      await stop(router);
      write(router, page(204, '2s'));
      const refused = ok(await router.edgewg('confirm', id, ...file), 3);
      assert.match(
        refused.stderr,
        /is not confirmed: the router gets \S+ — saw .*; nothing was done, and it goes on waiting/,
      );
      assert.match(await running(router), /wg908/);
      await serve(router, port);
      const ran = ok(await router.edgewg('confirm', id, ...elsewhere()));
      assert.match(ran.stderr, new RegExp(`the router gets http://127\\.0\\.0\\.1:${port}/healthz`));
      assert.match(ran.stdout, new RegExp(`Confirmed: apply ${id} is saved`));
      ok(await router.edgewg('rollback', ...file, '--yes'));
    });
  });

  describe('that are a command of this machine', () => {
    const ran = (): string | undefined => {
      const path = join(router.folder, 'ran');
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    };
    const command = (exit: number): string => {
      router.write(
        'check.sh',
        `echo "$1 $PWD \${EDGEWG_PASSWORD-none}" >ran; echo 'no pods' >&2; exit ${exit}`,
      );
      return `command: { run: sh check.sh home, within: 120s }`;
    };

    it('are not run unless they may be', async () => {
      write(router, command(0));
      const refused = ok(await router.edgewg('apply', ...file, '--yes'), 3);
      assert.match(said(refused), /wants `sh check\.sh home` run on this machine; nothing was done/);
      assert.equal(ran(), undefined);
      assert.equal(await running(router), '');
    });

    it('run in the folder of the file without the password, and decide', async () => {
      write(router, command(0));
      ok(await router.edgewg('apply', ...file, '--yes', '--run-commands'));
      assert.match(ran() ?? '', /^home \S+ none\n$/);
      assert.ok((ran() ?? '').includes(router.folder), ran());
      ok(await router.edgewg('rollback', ...file, '--yes'));
      write(router, command(3).replace('120s', '10s'));
      const failed = ok(await router.edgewg('apply', ...file, '--yes', '--run-commands'), 5);
      assert.match(
        said(failed),
        /sh check\.sh home ends with 0 — saw exit code 3: no pods; running and saved/,
      );
      assert.equal(await running(router), '');
    });

    it('are asked of whoever confirms, who needs the file and says that they may run', async () => {
      write(router, command(0));
      const held = ok(
        await router.edgewg('apply', ...file, '--yes', '--run-commands', '--hold', '30m', '--format', 'json'),
      );
      const { id } = JSON.parse(held.stdout) as { id: string };
      assert.doesNotMatch(await router.exec('cat /tmp/edgewg/*.state'), /check\.sh/);
      assert.match(
        ok(await router.edgewg('confirm', id, ...elsewhere()), 3).stderr,
        /did 1 more proof from the machine that applied; only its site file tells it; nothing was done/,
      );
      assert.match(
        ok(await router.edgewg('confirm', id, ...file), 3).stderr,
        /wants `sh check\.sh home` run on this machine; nothing was done/,
      );
      write(router, command(3).replace('120s', '10s'));
      assert.match(
        ok(await router.edgewg('confirm', id, ...file, '--run-commands'), 3).stderr,
        /is not confirmed: sh check\.sh home ends with 0 — saw exit code 3: no pods; nothing was done/,
      );
      ok(await router.edgewg('confirm', id, ...elsewhere(), '--skip-proofs'));
      ok(await router.edgewg('rollback', ...file, '--yes'));
    });
  });
});

describe('a router that lacks the program of a proof', () => {
  it('is told before anything is done, and asks by the other where there is one', async () => {
    const router = await labUnderTest();
    try {
      const port = await serve(router);
      const page = `http: { url: "http://127.0.0.1:${port}/", within: 60s }`;
      write(router, page);
      await router.exec('rm -f /usr/bin/curl');
      ok(await router.edgewg('apply', ...file, '--yes'));
      ok(await router.edgewg('rollback', ...file, '--yes'));
      await router.exec('rm -f /usr/bin/wget');
      const [before, log] = [await running(router), 'wc -l </config/user-data/edgewg/log'];
      const lines = await router.exec(log);
      const refused = ok(await router.edgewg('apply', ...file, '--yes'), 3);
      assert.match(
        said(refused),
        new RegExp(
          `http://127\\.0\\.0\\.1:${port}/ can't be asked from the router: it has no curl and no wget; nothing was done`,
        ),
      );
      assert.match(said(refused), /let this machine ask, with `from: client`/);
      assert.deepEqual([await running(router), await router.exec(log)], [before, lines]);
      await router.exec('rm -f /usr/bin/ping /bin/ping /usr/sbin/ping');
      write(router, 'ping: true');
      assert.match(
        said(ok(await router.edgewg('apply', ...file, '--yes'), 3)),
        /a ping through wg908 can't be asked from the router: it has no ping; nothing was done/,
      );
    } finally {
      await router.close();
    }
  });
});
