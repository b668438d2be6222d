// The folders of fixtures/checks: for one finding, a site file and a router where it must show, and a pair where it must not.
// `failing.yaml` and `passing.yaml` (or one `site.yaml`), `failing.commands` and `passing.commands` (or one
// `running.commands`), and where a check needs what only a router tells, `failing.facts.yaml` and `passing.facts.yaml` (or one
// `facts.yaml`). For a rollback, `applied.yaml` and `before.commands` are what was applied, and there is no site file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { checks } from '../../src/checks/all.ts';
import { rollbackChecks } from '../../src/checks/rollback/all.ts';
import { makePlan } from '../../src/plan/make.ts';
import { planRollback } from '../../src/plan/rollback.ts';
import type { IdentityOf } from '../../src/plan/types/check.ts';
import type { KeyFile, RouterFacts, Session } from '../../src/plan/types/facts.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { redact } from '../../src/vyatta/redact.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { keyFileOf } from '../../src/wireguard/key.ts';
import { someFacts } from './builders.ts';
import { root } from './run-cli.ts';

export type Side = 'failing' | 'passing';

/** What a fixture says of a router; the rest is as {@link someFacts} has it. Times are days before the router's now. */
interface SaidFacts
  extends Partial<Omit<RouterFacts, 'probes' | 'keyFiles' | 'session' | 'helpers' | 'lost'>> {
  readonly probes?: Readonly<Record<string, boolean>>;
  /** By path. */
  readonly keys?: Readonly<Record<string, { publicKey?: string; mode?: string; age?: number }>>;
  /** SHA-256 by path. */
  readonly helpers?: Readonly<Record<string, string>>;
  /** Lines of `set` that config.boot has and the router lost. */
  readonly lost?: readonly string[];
  readonly session?: Partial<Session>;
  /** Keys that references of the site file yield: the identity by the reference's path, `tunnels.wg4.privateKey`. */
  readonly references?: Readonly<Record<string, { shown: string; publicKey: string }>>;
}

export const folder = new URL('fixtures/checks/', root);

/** Names such as `EW101-port-stays-closed`; several may show one finding. */
export const cases = readdirSync(folder).sort();

/** The name of a case's file for a side, which may be one for both; undefined when there is neither. */
export function fileOf(name: string, side: Side, ending: string, both: string): string | undefined {
  return [`${side}${ending}`, both].find(file => existsSync(new URL(`${name}/${file}`, folder)));
}

const read = (name: string, file: string): string => readFileSync(new URL(`${name}/${file}`, folder), 'utf8');
const configuration = (name: string, file: string): Tree => redact(parseCommands(read(name, file)));

/** What a side of a case is planned from; undefined for a rollback. */
export interface Given {
  readonly site: string;
  readonly file: string;
  readonly running: Tree;
  readonly said: SaidFacts | undefined;
}

function saidOf(name: string, side: Side): SaidFacts | undefined {
  const facts = fileOf(name, side, '.facts.yaml', 'facts.yaml');
  return facts === undefined ? undefined : (parse(read(name, facts)) as SaidFacts);
}

function runningOf(name: string, side: Side): Tree {
  return configuration(name, fileOf(name, side, '.commands', 'running.commands') ?? `${side}.commands`);
}

export function givenOf(name: string, side: Side): Given | undefined {
  if (existsSync(new URL(`${name}/applied.yaml`, folder))) return undefined;
  const file = fileOf(name, side, '.yaml', 'site.yaml') ?? `${side}.yaml`;
  return { site: read(name, file), file, running: runningOf(name, side), said: saidOf(name, side) };
}

/** The plan of one side of a case. */
export function planOf(name: string, side: Side): Plan {
  const given = givenOf(name, side);
  if (given !== undefined) return planGiven(given);
  const said = saidOf(name, side);
  const file = 'applied.yaml';
  const applied = planGiven({
    site: read(name, file),
    file,
    running: configuration(name, 'before.commands'),
    said: {},
  });
  return planRollback(
    { ...applied, id: '20260102-030405' },
    { running: runningOf(name, side), digest: null, ...(said && { keyFiles: factsOf(said).keyFiles }) },
    rollbackChecks,
  );
}

export function planGiven({ site: text, file, running, said }: Given): Plan {
  const { site, place } = loadSite(text, file);
  const input = { site, placeOf: place, running, identityOf: identities(said) };
  return makePlan(said === undefined ? input : { ...input, facts: factsOf(said) }, checks);
}

function factsOf({ probes, keys, session, helpers, lost, references: _, ...said }: SaidFacts): RouterFacts {
  const { now } = someFacts();
  const files = Object.entries(keys ?? {}).map(([path, { publicKey, mode, age }]): [string, KeyFile] => [
    path,
    { path, publicKey, mode: mode ?? '640:root:vyattacfg', changed: now - (age ?? 1) * 86_400 },
  ]);
  return someFacts({
    ...said,
    probes: new Map(Object.entries({ wireguard: true, ...probes })),
    keyFiles: new Map(files),
    helpers: new Map(Object.entries(helpers ?? {})),
    lost: redact(parseCommands((lost ?? []).map(line => `${line}\n`).join(''))),
    session:
      session === undefined ? undefined : { from: '', fromPort: 50_000, to: '', toPort: 22, ...session },
  });
}

function identities(said: SaidFacts | undefined): IdentityOf {
  return at => {
    const found = said?.references?.[at.join('.')];
    return found && { ...found, path: keyFileOf(String(at[1]), found.shown) };
  };
}
