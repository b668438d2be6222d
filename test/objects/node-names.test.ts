// What a node of the router is called is known in four rooms: the table of nodes, the objects, the model and the lab. The others ask them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Node } from '../../src/vyatta/node.ts';
import { nodes } from '../../src/vyatta/nodes.ts';
import { project } from '../support/fixtures.ts';
import { schemaLeaves } from '../support/site-leaves.ts';

const rooms = ['vyatta', 'objects', 'model', 'lab'];

/** Nodes whose names are words of other things too; `['firewall', …` and the like are found by how a path begins. */
const ordinary = new Set(
  [
    'all',
    'export',
    'import',
    'in',
    'ip',
    'local',
    'name',
    'network',
    'new',
    'out',
    'static',
    'table',
    'time',
    'tunnel',
    'type',
    'rate',
  ].concat(
    [
      'connect',
      'interval',
      'path',
      'system',
      'task',
      'count',
      'dns',
      'exclude',
      'group',
      'gui',
      'interface',
      'invalid',
      'limit',
      'mark',
      'modify',
      'parameters',
      'password',
      'peer',
      'route',
      'rule',
      'secret',
    ],
    [
      'related',
      'established',
      'tcp',
      'blackhole',
      'loopback',
      'neighbor',
      'mss',
      'service',
      'ssh',
      'switch',
      'prefix',
      'network',
      'policy',
      'bridge',
      'options',
      'flags',
      'recent',
      'firewall',
    ],
  ),
);

/** Options of the program, nodes' own files and protocols, which have the same names. */
const otherThings: readonly string[] = [
  'src/cluster/host/netplan.ts',
  'src/cluster/kubernetes/daemonset.ts',
  'src/cluster/kubernetes/render.ts',
  'src/cluster/secrets.ts',
  'src/commands/answers.ts',
  'src/commands/peer.ts',
  'src/site/cluster.ts',
  'src/site/grammar/groups.ts',
  'src/site/rules/firewall-rules.ts',
  'src/site/schema/cluster.ts',
  'src/wireguard/mtu.ts',
];

function namesOf(node: Node, found = new Set<string>()): Set<string> {
  if (node.kind !== 'container' && node.kind !== 'tag') return found;
  for (const [name, below] of Object.entries(node.children)) {
    found.add(name);
    namesOf(below, found);
  }
  return found;
}

const keys = new Set([...schemaLeaves()].flatMap(({ path }) => path.split('.')));
const names = [...namesOf(nodes)].filter(name => !keys.has(name) && !ordinary.has(name));
const literal = new RegExp(`(?<![A-Za-z0-9])(['"\`])(${names.join('|')})\\1`, 'g');
const path = /\[\s*'(interfaces|firewall|protocols|policy|service|zone-policy)',/g;

/** Names of nodes that stand as literals in a source text, without its comments. */
function literals(text: string): string[] {
  const code = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return [...code.matchAll(literal), ...code.matchAll(path)].map(([all]) => all);
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(project(folder), { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (folder !== 'src/' || !rooms.includes(entry.name)) yield* sources(`${folder}${entry.name}/`);
    } else if (entry.name.endsWith('.ts')) yield `${folder}${entry.name}`;
  }
}

describe('names of nodes of the router', () => {
  it('are literals only where they are known', () => {
    const found = new Map<string, string[]>();
    for (const file of sources('src/')) {
      const list = literals(readFileSync(project(file), 'utf8'));
      if (list.length > 0) found.set(file, list);
    }
    const unexpected = [...found].filter(([file]) => !otherThings.includes(file));
    assert.deepEqual(Object.fromEntries(unexpected), {});
    assert.deepEqual(
      otherThings.filter(file => !found.has(file)),
      [],
      'take these files off the list: they are clean',
    );
  });

  it('are found where they stand', () => {
    assert.deepEqual(literals("value(tree, [...base, 'listen-port'])"), ["'listen-port'"]);
    assert.deepEqual(literals("find(tree, ['firewall', 'name', name])"), ["['firewall',"]);
    assert.deepEqual(literals("// 'listen-port'\nconst a = ['peers', 'description'];"), []);
  });
});
