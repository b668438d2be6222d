// No false alarm on real configurations: one well-formed new tunnel, planned against each, tells nothing but what is listed and
// justified in fixtures/corpus-findings.yaml. The configurations lie beside the project and are never copied into it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { checks } from '../../src/checks/all.ts';
import { attachedTo } from '../../src/model/firewall/attached.ts';
import { anywhere, freeNumber, newUdp } from '../../src/model/firewall/port.ts';
import { only } from '../../src/model/firewall/ranges.ts';
import { readRuleset } from '../../src/model/firewall/ruleset.ts';
import { facingWan } from '../../src/model/firewall/wan.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Finding } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import { UnreadableText } from '../../src/vyatta/source.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import type { Family } from '../../src/wireguard/prefix.ts';
import { key } from '../support/builders.ts';
import { root } from '../support/run-cli.ts';

/** Why a finding is right, and which configurations it is right for. */
interface Justified {
  readonly code: string;
  readonly severity: string;
  readonly why: string;
  readonly in: readonly string[];
}

const corpus = new URL('../shared/corpus/', root);
const files = existsSync(corpus) ? readdirSync(corpus).filter(name => /\.(boot|commands)$/.test(name)) : [];
const port = 57_077;

/** Undefined for a file that no router printed. */
function configuration(name: string): Tree | undefined {
  try {
    return redact(readConfiguration(readFileSync(new URL(name, corpus)), name));
  } catch (error) {
    if (error instanceof UnreadableText || (error as Error).name === 'Refused') return undefined;
    throw error;
  }
}

/** The ruleset that guards the router on its first uplink, and a number in it where the port can be opened. */
function opening(tree: Tree, family: Family): { name: string; number: number } | undefined {
  const [uplink] = facingWan(tree, family);
  const stage = uplink && attachedTo(uplink.iface, 'local', family);
  const ruleset = stage?.kind === 'ruleset' ? readRuleset(tree, family, stage.name) : undefined;
  const number = ruleset && freeNumber(ruleset, newUdp(anywhere(family), only(port)), 77, () => false);
  return ruleset === undefined || number === undefined ? undefined : { name: ruleset.name, number };
}

/** What somebody who knows the router would write: names, numbers and addresses that nobody has. */
function siteFor(tree: Tree): string {
  const ipv4 = opening(tree, 4);
  return `version: 1
router: { host: 192.0.2.1 }
${ipv4 === undefined ? '' : `uplink: { rulesets: { ipv4: ${ipv4.name} } }\n`}tunnels:
  wg77:
    address: [198.18.0.77/32]
    listenPort: ${port}
${ipv4 === undefined ? '' : `    openPort: { ipv4: ${ipv4.number} }\n`}    firewall: { in: { ipv4: W77_IN }, local: { ipv4: W77_LOCAL } }
    peers:
      far:
        publicKey: ${key(77)}
        endpoint: 203.0.113.77:51820
        allowedIPs: [198.18.77.0/24]
        persistentKeepalive: 25
    routes:
      198.18.77.0/24: { description: far, guard: true }
rulesets:
  W77_IN: { family: ipv4, default: drop, rules: { 10: { action: accept, state: [established, related] } } }
  W77_LOCAL: { family: ipv4, default: drop, rules: { 10: { action: accept, state: [established, related] } } }
`;
}

function told(tree: Tree): readonly Finding[] {
  const { site, place } = loadSite(siteFor(tree), 'site.yaml');
  return makePlan({ site, placeOf: place, running: tree }, checks).diagnostics;
}

describe('a new tunnel on a real configuration', () => {
  const listed = parse(
    readFileSync(new URL('fixtures/corpus-findings.yaml', root), 'utf8'),
  ) as readonly Justified[];

  before(function () {
    if (files.length > 0) return;
    process.stderr.write(
      'SKIPPED: ../shared/corpus is not there, so that no real configuration was planned against\n',
    );
    this.skip();
  });

  for (const file of files) {
    const tree = configuration(file);
    if (tree === undefined) continue;
    it(`${file}: only what is listed`, () => {
      const found = told(tree).map(({ code, severity }) => `${severity} ${code}`);
      const expected = listed
        .filter(one => one.in.includes(file) || one.in.includes('all'))
        .map(({ code, severity }) => `${severity} ${code}`);
      assert.deepEqual([...new Set(found)].sort(), [...new Set(expected)].sort());
    });
  }

  it('has a reason for each, and lists no file that is not there', () => {
    assert.ok(listed.every(({ why }) => why.length > 40));
    if (files.length > 0)
      assert.deepEqual(
        listed.flatMap(one => one.in).filter(name => name !== 'all' && !files.includes(name)),
        [],
      );
  });
});
