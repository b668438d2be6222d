import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { Refused } from '../../src/errors.ts';
import { makePlan } from '../../src/plan/make.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import type { ApplyEvent } from '../../src/plan/types/outcome.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { renderCommands } from '../../src/report/commands.ts';
import { renderJson } from '../../src/report/json.ts';
import { objectsOf } from '../../src/report/objects.ts';
import { startProgress } from '../../src/report/progress.ts';
import { renderPlan } from '../../src/report/text.ts';
import { routers, sites } from '../support/arbitraries.ts';

const placeOf = () => ({ file: 'edgewg.yaml', line: 1, column: 1 });
const plans = fc
  .tuple(sites, routers)
  .map(([site, running]) => ({ running, plan: makePlan({ site, placeOf, running }) }));
const paint = new Chalk({ level: 0 });
const text = (plan: Plan): string =>
  [...renderPlan(plan, { paint, isVerbose: true, isInverse: false, refused: 0 })].join('');
const plain = (plan: Plan): unknown => JSON.parse(JSON.stringify(plan));

/** The router refuses these words, and so does the reader of plans: they stand on no router. */
const minimal: Plan = {
  format_version: '1.0',
  router: '192.0.2.1',
  changes: [],
  keys: [],
  commits: [],
  diagnostics: [],
  running_digest: null,
  summary: { create: 0, update: 0, delete: 0, keep: 0, commands: 0 },
};
const withCommand = (...path: string[]): string =>
  renderJson({ ...minimal, commits: [{ run: [{ op: 'set', path }], undo: [] }] });

const task = (n: number): string => `edgewg-resolve-wg${n}`;
const helper = (n: number): string => `/config/scripts/${task(n)}-0123456789abcdef`;
const watched = [{ public_key: Buffer.alloc(32, 1).toString('base64'), endpoint: 'vpn.example.net:51820' }];
const withHelper = (deed: 'put' | 'restore' | 'remove', n: number, path: string): string =>
  renderJson({ ...minimal, helpers: [{ tunnel: `wg${n}`, do: deed, path, watched }] });

describe('a plan as JSON', () => {
  it('says all of the plan, and is read back as it was', () => {
    fc.assert(
      fc.property(plans, ({ plan }) => {
        const json = renderJson(plan);
        assert.deepEqual(JSON.parse(json), plain(plan));
        assert.deepEqual(parsePlan(json, 'plan.json'), plain(plan));
      }),
      { numRuns: 200 },
    );
  });

  it('has its keys in one order, whatever the order in which it was made', () => {
    const turned = Object.fromEntries(Object.entries(minimal).reverse()) as unknown as Plan;
    assert.equal(renderJson(turned), renderJson(minimal));
    assert.match(renderJson(minimal), /^\{\n {2}"format_version": "1\.0",\n {2}"router": /);
  });

  it('shows no character that a terminal obeys', () => {
    const json = renderJson({ ...minimal, router: '\u009b2J\u202e\u001b]0;x\u0007' });
    assert.match(json, /"router": "\\u009b2J\\u202e\\u001b\]0;x\\u0007"/);
  });

  const refused: [string, string, RegExp][] = [
    ['no JSON', 'set interfaces', /is no plan: it is not JSON/],
    ['another JSON', '[1]', /has no format_version/],
    ['another major version', renderJson({ ...minimal, format_version: '2.0' }), /has format_version 2\.0/],
    ['a part that is missing', '{"format_version":"1.0"}', /is no plan: router: /],
    ['a node that is nobody of ours', withCommand('system', 'login'), /never plans: system login/],
    [
      'an interface that is not ours',
      withCommand('interfaces', 'ethernet', 'eth0', 'disable'),
      /never plans/,
    ],
    [
      'an address of an interface that a modify ruleset may be attached to',
      withCommand('interfaces', 'switch', 'switch0', 'vif', '10', 'address', '192.168.7.1/24'),
      /never plans/,
    ],
    ['an interface as a whole', withCommand('interfaces', 'ethernet', 'eth0'), /never plans/],
    ['all of what a router has of a kind', withCommand('protocols', 'static'), /never plans/],
    [
      "a route that is no tunnel's",
      withCommand('protocols', 'static', 'route', '0.0.0.0/0', 'next-hop', '192.0.2.9'),
      /never plans/,
    ],
    ['a zone as a whole', withCommand('zone-policy', 'zone', 'LAN'), /never plans/],
    [
      'a command that the router would run',
      withCommand('interfaces', 'wireguard', 'wg0', 'up-command', 'reboot'),
      /never plans/,
    ],
    [
      'a word with a shell command in it',
      withCommand('interfaces', 'wireguard', 'wg0', 'description', 'a;touch /tmp/x'),
      /never plans/,
    ],
    [
      'a list that is two words',
      withCommand('interfaces', 'wireguard', 'wg0', 'mtu', '1420 private-key'),
      /never plans/,
    ],
    [
      'an endpoint with more in it',
      withCommand('interfaces', 'wireguard', 'wg0', 'peer', 'x', 'endpoint', '[::1]:1 $(x)'),
      /never plans/,
    ],
    ...(
      [
        ["somebody else's task", 'backup', 'executable', 'path', helper(1)],
        ["somebody else's task as a whole", 'backup'],
        ['a task whose name only begins as ours', 'edgewg-resolve-wg1-x', 'executable', 'path', helper(1)],
        ['a task that runs another program', task(1), 'executable', 'path', '/bin/sh'],
        ['a task that runs what lies elsewhere', task(1), 'executable', 'path', `/tmp${helper(1)}`],
        ['a path that leads out', task(1), 'executable', 'path', `/config/scripts/../..${helper(1)}`],
        ['a script with more behind it', task(1), 'executable', 'path', `${helper(1)} x`],
        ['the script of another tunnel', task(1), 'executable', 'path', helper(2)],
        ['arguments of a task', task(1), 'executable', 'arguments', '-c reboot'],
        ['another time of a task', task(1), 'crontab-spec', '* * * * *'],
        ['an interval that is none', task(1), 'interval', '5m;x'],
      ] as const
    ).map(([what, ...words]): [string, string, RegExp] => [
      what,
      withCommand('system', 'task-scheduler', 'task', ...words),
      /never plans/,
    ]),
    ...(['put', 'restore', 'remove'] as const).flatMap((deed): [string, string, RegExp][] => [
      [`a file that a plan would ${deed} elsewhere`, withHelper(deed, 1, '/config/auth/wg1.key'), /helpers/],
      [
        `a script of another tunnel that it would ${deed}`,
        withHelper(deed, 1, helper(2)),
        /no script of its/,
      ],
    ]),
    ['a script with another content', withHelper('put', 1, helper(1)), /another script/],
    ['a nesting without end', '['.repeat(100_000), /is not JSON/],
  ];
  for (const [what, json, message] of refused)
    it(`refuses ${what}`, () => {
      assert.throws(
        () => parsePlan(json, 'plan.json'),
        (error: unknown) => error instanceof Refused && message.test(error.message),
      );
    });

  it('leaves out what a later minor version added, and what would change a prototype', () => {
    const json = renderJson(minimal)
      .replace('{', '{ "__proto__": { "x": 1 }, "later": 1,')
      .replace('1.0', '1.7');
    const read = parsePlan(json, 'plan.json');
    assert.deepEqual({ ...read }, { ...minimal, format_version: '1.7' });
    assert.equal('x' in read, false);
  });
});

describe('a plan as text', () => {
  it('names every leaf that changes once, under its object', () => {
    fc.assert(
      fc.property(plans, ({ plan }) => {
        const objects = objectsOf(plan);
        const shown = objects.flatMap(object => object.changes.map(({ change }) => change));
        assert.equal(shown.length, plan.changes.length);
        assert.deepEqual(new Set(shown), new Set(plan.changes));
        assert.equal(new Set(objects.map(object => object.title)).size, objects.length);
      }),
      { numRuns: 200 },
    );
  });

  it('shows every command and every finding', () => {
    fc.assert(
      fc.property(plans, ({ plan }) => {
        const shown = text(plan);
        const commands = renderCommands(plan, false).split('\n');
        for (const line of commands) if (!line.startsWith('#')) assert.ok(shown.includes(line), line);
        for (const { message } of plan.diagnostics) assert.ok(shown.includes(message));
      }),
      { numRuns: 100 },
    );
  });

  it('has a line for each tunnel with an impact, and one for each finding that is silenced', () => {
    const plan: Plan = {
      ...minimal,
      impacts: [
        { tunnel: 'wg4', effect: 'new', text: 'new: nothing that runs is interrupted' },
        { tunnel: 'wg12', effect: 'flaps', text: 'the interface goes down and up' },
      ],
      diagnostics: [
        { code: 'EW103', severity: 'note', message: 'a note' },
        { code: 'EW214', severity: 'error', message: 'a leak', silenced: 'a test', source: placeOf() },
      ],
    };
    const shown = [...renderPlan(plan, { paint, isVerbose: false, isInverse: false, refused: 0 })].join('');
    assert.match(shown, /^Impact on running tunnels:\n {4}wg12 {2}the interface goes down and up\n\n/m);
    assert.match(shown, /\n\nsilenced EW214: a leak \(reason: a test\)\n\nnote EW103: a note\n/);
    assert.doesNotMatch(shown, /wg4/);
    assert.match(text(plan), /^error EW214: a leak\n.*\n {4}silenced: a test$/m);
  });

  it('gives a large plan in pieces, whose blocks stand apart as those of one text do', () => {
    const messages = Array.from({ length: 120 }, (_, i) => `finding ${i}`);
    const diagnostics = messages.map(message => ({ code: 'EW103', severity: 'warning' as const, message }));
    const options = { paint, isVerbose: false, isInverse: false, refused: 0 };
    const pieces = [...renderPlan({ ...minimal, diagnostics }, options)];
    assert.ok(pieces.length > 1);
    const blocks = pieces.join('').split('\n\n');
    assert.deepEqual(
      blocks.slice(0, -1),
      messages.map(message => `warning EW103: ${message}`),
    );
    assert.match(blocks.at(-1) ?? '', /^Plan: [^\n]*\n$/);
    assert.ok(pieces.every(piece => piece.endsWith('\n')));
  });

  it('makes foreign characters visible', () => {
    const change = {
      path: ['system', '\u001b[2J'],
      action: 'update',
      before: ['a\u202e'],
      after: ['\n'],
    } as const;
    const shown = text({ ...minimal, changes: [change], commits: [{ run: [], undo: [] }] });
    assert.doesNotMatch(shown, /[\u001b\u202e]/);
    assert.match(shown, /\\u\{1b\}\[2J/);
  });
});

describe('the progress of an apply', () => {
  const events: ApplyEvent[] = [
    { kind: 'connecting' },
    { kind: 'set', done: 1, total: 2 },
    { kind: 'set', done: 2, total: 2 },
    { kind: 'committed', number: 1, total: 1 },
    { kind: 'probe', probe: { name: 'login', ok: false, saw: '\u001b[2J' } },
    { kind: 'saved' },
  ];
  const run = (isTerminal: boolean): string => {
    let written = '';
    let clock = 500;
    const tick = (): number => {
      clock += 100;
      return clock;
    };
    const write = (more: string): void => {
      written += more;
    };
    const progress = startProgress({ write, isTerminal, paint }, tick);
    for (const event of events) progress.event(event);
    progress.end();
    return written;
  };

  it('is a line for each step where it is no terminal', () => {
    assert.equal(
      run(false),
      [
        '   0.1 s  connecting',
        '   0.2 s  set 2 of 2',
        '   0.3 s  committed',
        '   0.4 s  failed: login (saw \\u{1b}[2J)',
        '   0.5 s  saved',
        '',
      ].join('\n'),
    );
  });

  it('counts in place on a terminal', () => {
    const k = '\r\u001b[K';
    assert.equal(
      run(true),
      `${k}   0.1 s  connecting\n${k}   0.2 s  set 1 of 2${k}   0.3 s  set 2 of 2\n${k}   0.4 s  committed\n` +
        `${k}   0.5 s  failed: login (saw \\u{1b}[2J)\n${k}   0.6 s  saved\n`,
    );
  });
});
