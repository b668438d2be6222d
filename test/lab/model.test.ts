// Random sessions against a model that knows nothing of overlays, priorities or subtrees: a tree of words in force, and
// one per session (edgewg's own notion of set and delete, src/vyatta/edit.ts).
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { deletePath, setPath } from '../../src/vyatta/edit.ts';
import { isMulti, lookup } from '../../src/vyatta/nodes.ts';
import { copyAlong, find, has, leaves, type Tree } from '../../src/vyatta/tree.ts';
import { Console } from '../support/console.ts';

const tunnels = ['wg0', 'wg1', 'wg10'];
const keys = ['A', 'b', '0'].map(first => `${first}${'k'.repeat(41)}k=`);
const anyTunnel = fc.constantFrom(...tunnels);

/** Lines whose commit nothing stands in the way of. */
const line: fc.Arbitrary<string> = fc.oneof(
  anyTunnel
    .chain(name => {
      const n = Number(name.slice(2));
      const peers = fc.constantFrom(...keys.map((key, i) => ({ key, i })));
      return fc.oneof(
        fc.constantFrom('one', 'two', 'a-b_c.d').map(text => `${name} description ${text}`),
        fc.constantFrom(1280, 1400, 1420).map(mtu => `${name} mtu ${mtu}`),
        fc.constantFrom('true', 'false').map(value => `${name} route-allowed-ips ${value}`),
        fc
          .constantFrom(`10.${n}.0.1/24`, `10.${n}.1.1/24`, `10.${n}.2.1/24`)
          .map(ip => `${name} address ${ip}`),
        peers.chain(({ key, i }) =>
          fc
            .constantFrom(1, 2, 3)
            .map(net => `${name} peer ${key} allowed-ips 172.${16 + n}.${10 * i + net}.0/24`),
        ),
        peers.map(({ key }) => `${name} peer ${key} description x`),
        fc
          .tuple(peers, fc.constantFrom(10, 25))
          .map(([{ key }, s]) => `${name} peer ${key} persistent-keepalive ${s}`),
      );
    })
    .map(rest => `interfaces wireguard ${rest}`),
  fc
    .tuple(
      fc.constantFrom('10.9.0.0/24', '10.10.0.0/24', '9.0.0.0/8'),
      fc.constantFrom('', ' distance 20', ' distance 30', ' description way', ' disable'),
      anyTunnel,
    )
    .map(([net, more, name]) => `protocols static interface-route ${net} next-hop-interface ${name}${more}`),
  fc
    .tuple(
      fc.constantFrom('G1', 'G2'),
      fc.constantFrom('address 10.0.0.1', 'address 10.0.0.2', 'description some'),
    )
    .map(([group, rest]) => `firewall group address-group ${group} ${rest}`),
);

type Step =
  | { readonly does: 'set' | 'delete'; readonly words: string[] }
  | { readonly does: 'commit' | 'discard' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: line.map(text => ({ does: 'set' as const, words: text.split(' ') })) },
  {
    weight: 3,
    arbitrary: fc.tuple(line, fc.nat()).map(([text, n]) => {
      const words = text.split(' ');
      return { does: 'delete' as const, words: words.slice(0, words.length - (n % (words.length - 2))) };
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ does: 'commit' as const }, { does: 'discard' as const }) },
);

/** Nothing is shared with it. */
const copyOf = (tree: Tree): Tree =>
  copyAlong(
    tree,
    Array.from(leaves(tree), ({ path }) => path),
  );

/** Every tunnel needs one to be committed. */
const privateKey = `${'p'.repeat(42)}o=`;
const keyless = (tree: Tree): string[] =>
  [...(find(tree, ['interfaces', 'wireguard'])?.children ?? [])].flatMap(([name, link]) =>
    link.children.has('private-key') ? [] : [name],
  );

/** Nor does the router commit a route that leads nowhere. */
const bare = (tree: Tree): string[][] => {
  const path = ['protocols', 'static', 'interface-route'];
  return [...(find(tree, path)?.children ?? [])].flatMap(([net, route]) =>
    route.children.size === 0 ? [[...path, net]] : [],
  );
};

/** The value of a leaf goes with its leaf. */
function drop(tree: Tree, words: string[]): void {
  const found = lookup(words);
  const isLeafValue = found?.isValue && found.node.kind === 'leaf';
  if (!isLeafValue) deletePath(tree, words);
  else if (has(tree, words)) deletePath(tree, words.slice(0, -1));
}

const env = { VYATTA_TEMP_CONFIG_DIR: '/opt/vyatta/config/tmp/new_config_100' };
const print = (tree: Tree): string => printCommands(tree, isMulti);

describe('the lab configures as a plain model does', () => {
  it('whatever is set, deleted, committed and discarded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const lab = await Console.start({ boot: 'firewall {\n}\nsystem {\n    host-name lab\n}\n' });
        let active = parseCommands(await lab.commands());
        let working = copyOf(active);
        const run = (...args: string[]) => lab.run('vyatta-cfg-cmd-wrapper', args);
        const set = async (words: string[]) => {
          setPath(working, words);
          assert.equal((await run('set', ...words)).exit, 0);
        };
        await run('begin');
        for (const next of steps) {
          if (next.does === 'set') await set(next.words);
          else if (next.does === 'delete') {
            drop(working, next.words);
            await run('delete', ...next.words);
          } else if (next.does === 'discard') {
            working = copyOf(active);
            await run('discard');
          } else {
            for (const name of keyless(working))
              await set(['interfaces', 'wireguard', name, 'private-key', privateKey]);
            for (const route of bare(working)) {
              drop(working, route);
              await run('delete', ...route);
            }
            active = copyOf(working);
            const { stdout, exit } = await run('commit');
            assert.equal(`${stdout}${exit}`, '0');
          }
          const show = ['showConfig', '--show-working-only', '--show-commands'];
          const { stdout } = await lab.run('cli-shell-api', show, { env });
          assert.equal(stdout, print(working));
          assert.equal(await lab.commands(), print(active));
        }
      }),
      { numRuns: 60 },
    );
  });
});
