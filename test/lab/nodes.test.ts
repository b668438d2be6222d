// What edgewg believes of the nodes it manages, and what the lab's templates say of them, is the same.
import assert from 'node:assert/strict';
import { routerTemplates } from '../../src/lab/engine/behaviour/all.ts';
import type { Kind, Template } from '../../src/lab/engine/template.ts';
import type { Node } from '../../src/vyatta/node.ts';
import { nodes } from '../../src/vyatta/nodes.ts';

const kinds: Readonly<Record<Node['kind'], Kind>> = {
  container: 'node',
  tag: 'tag',
  leaf: 'leaf',
  multi: 'multi',
  valueless: 'flag',
};

/** nodes.ts also reads what some releases have: pppoe with an address, several groups in one rule. */
const wider = /pppoe address$|(source|destination) group \S+$|icmpv6 type-name$/;

function* disagreements(node: Node, template: Template | undefined, path: string): Generator<string> {
  if (wider.test(path)) return;
  if (template === undefined) return yield `${path}: unknown to the lab`;
  if (kinds[node.kind] !== template.kind) yield `${path}: ${node.kind} here, ${template.kind} in the lab`;
  const ours = node.kind === 'leaf' ? node.value.default : undefined;
  if (ours !== undefined && ours !== template.default)
    yield `${path}: default ${ours}, in the lab ${template.default}`;
  if (node.kind !== 'container' && node.kind !== 'tag') return;
  for (const [name, child] of Object.entries(node.children))
    yield* disagreements(child, template.children.get(name), `${path} ${name}`.trim());
}

describe('the lab and edgewg agree', () => {
  it('on the kinds and defaults of the managed nodes', () => {
    assert.deepEqual([...disagreements(nodes, routerTemplates(), '')], []);
  });
});
