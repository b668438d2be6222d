// What an apply that is held tells of its proofs, and what of it whoever decides believes.
import assert from 'node:assert/strict';
import type { Proof } from '../../src/plan/types/proof.ts';
import { parseHeld } from '../../src/router/held.ts';
import { readTold, tellProofs } from '../../src/router/proof/told.ts';

const source = { file: 'home.yaml', line: 3, column: 1 };
const asked: Proof[] = [
  { do: 'handshake', tunnel: 'wg4', within: 135, source },
  { do: 'ping', tunnel: 'wg4', within: 10 },
  { do: 'bgp', neighbor: '192.168.5.4', name: 'srv4', tunnel: 'wg4', prefixes: 2, within: 300 },
  { do: 'bgp', neighbor: 'fd00::4', name: 'fd00::4', within: 300 },
  { do: 'tcp', by: 'router', to: '[fd00:42::10]:443', within: 10 },
  { do: 'http', by: 'router', url: 'http://10.42.4.10/?a=1&b=$HOME', status: 204, tunnel: 'wg5', within: 10 },
];
const elsewhere: Proof[] = [
  { do: 'tcp', by: 'client', to: '10.0.0.1:22', within: 10 },
  { do: 'http', by: 'client', url: 'http://10.0.0.1/', within: 10 },
  { do: 'command', run: './check.sh home', within: 30 },
];

describe('the proofs that a router keeps of an apply that is held', () => {
  it('are those that the router asks, as they were; of the others it knows how many', () => {
    const lines = tellProofs([...asked, ...elsewhere]);
    assert.deepEqual(readTold(['id a', ...lines, 'touched firewall']), {
      proofs: asked.map(({ source: _, ...proof }) => proof),
      others: 3,
    });
    assert.doesNotMatch(lines.join('\n'), /check\.sh|10\.0\.0\.1/);
    assert.deepEqual(readTold(['id a']), { proofs: [], others: 0 });
  });

  it('are not believed when they ask for anything else, and count', () => {
    const wrong = [
      '{',
      'null',
      '[]',
      '{"do":"command","run":"id","within":9}',
      '{"do":"__proto__","within":9}',
      '{"do":"http","by":"client","url":"http://10.0.0.1/","within":9}',
      '{"do":"http","by":"router","url":"file:///etc/passwd","within":9}',
      '{"do":"http","by":"router","url":"http://a/","within":9,"more":1}',
      '{"do":"tcp","by":"router","to":"10.0.0.1:443;id","within":9}',
      '{"do":"ping","within":9}',
      '{"do":"ping","tunnel":"wg4 -f","within":9}',
      '{"do":"ping","tunnel":"wg4","within":1e9}',
      '{"do":"bgp","neighbor":"srv4","name":"srv4","within":9}',
    ];
    for (const text of wrong) assert.deepEqual(readTold([`proof ${text}`]), { proofs: [], others: 1 }, text);
    assert.equal(readTold(['others 2', 'proof {', ...tellProofs(asked.slice(0, 1))]).others, 3);
  });

  it('stand behind what else must be known', () => {
    const text = `== /tmp/edgewg/a.state alive\n${[
      'id a',
      'who ubnt@home',
      'since now',
      'state held for a word of a person',
      'until 100',
      'most 900',
      'touched firewall name WAN_LOCAL rule 24',
      ...tellProofs([...asked.slice(0, 1), ...elsewhere]),
    ].join('\n')}\n`;
    const [held] = parseHeld(text, 10);
    assert.deepEqual(held?.touched, [['firewall', 'name', 'WAN_LOCAL', 'rule', '24']]);
    assert.deepEqual([held?.proofs.length, held?.otherProofs, held?.secondsLeft], [1, 3, 90]);
  });
});
