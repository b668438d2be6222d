// The recordings again with other interfaces, keys, ports, prefixes and rulesets throughout: what the lab says follows from
// how the router works, not from the texts that were recorded. The new names sort as the old ones do.
import assert from 'node:assert/strict';
import { Secret } from '../../src/secret.ts';
import { publicKeyOf } from '../../src/wireguard/key.ts';
import { boot, replay, scenarios } from '../lab/scenarios.ts';
import { ShellBox } from '../lab/shell-box.ts';
import { sampleOf } from '../support/one-of.ts';

const keys = /[A-Za-z0-9+/]{43}=/g;
const everything = [boot, ...scenarios.map(scenario => JSON.stringify(scenario))].join('\n');
const isPrivate = (key: string): boolean =>
  [...everything.matchAll(/private-key\W+(\S{43}=)/g)].some(match => match[1] === key);

/** The same beginning, so that keys sort as before. */
const otherKey = (key: string): string =>
  `${key.slice(0, 4)}${[...key.slice(4, 42)].reverse().join('')}${key.slice(42)}`;

const renamedKeys = new Map<string, string>();
for (const [key] of everything.matchAll(keys)) renamedKeys.set(key, otherKey(key));
for (const [key, other] of [...renamedKeys])
  if (isPrivate(key)) renamedKeys.set(publicKeyOf(new Secret(key)), publicKeyOf(new Secret(other)));

function renamed(text: string): string {
  return text
    .replace(keys, key => renamedKeys.get(key) ?? key)
    .replace(/\bwg(\d)\b(?!-wg)/g, 'wg1$1')
    .replace(/\beth(\d)\b/g, (_, digit: string) => `eth${Number(digit) + 2}`)
    .replace(/\b10\.(?=\d+\.\d+\.)/g, '11.')
    .replace(/\b192\.168\./g, '192.169.')
    .replace(/\b198\.51\.100\./g, '198.52.101.')
    .replace(/\b2001:db8:/g, '2001:db9:')
    .replace(/\bfd0(\d)::/g, 'fd1$1::')
    .replace(/\b518(\d\d)\b/g, '418$1')
    .replace(/\b(WANv?6?|LANv?6?|K8S)_(IN|LOCAL|OUT)\b/g, 'X$1_$2');
}

describe('the lab replays the recordings with other names', () => {
  it('which are others indeed', () => {
    assert.doesNotMatch(
      renamed(everything),
      /\bwg[4-9]\b(?!-)|\beth1\b|\b51820\b|\b10\.\d+\.\d+\.|[^X]K8S_IN/,
    );
  });

  for (const { name, steps } of sampleOf(scenarios))
    it(name, async () => {
      const ethernet = ['eth2', 'eth3', 'eth4', 'eth5', 'eth6'];
      const box = await ShellBox.start({ boot: renamed(boot), ethernet });
      const changed = steps.map(step => ({
        run: renamed(step.run),
        stdout: renamed(step.stdout),
        exit: step.exit,
      }));
      try {
        await replay({ name, steps: changed }, box);
      } finally {
        await box.close();
      }
    });
});
