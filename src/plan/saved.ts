// A saved plan read back: JSON of anybody in, a plan out that can do nothing but what edgewg itself could have planned.
// Its commands are checked word by word, since the router's templates put values into a shell (docs/edgeos.md 'Values and the shell').

import * as z from 'zod';
import { Refused } from '../errors.ts';
import { reach } from '../objects/all.ts';
import { partsOfHelper, tunnelOfTask } from '../objects/endpoint-helper.ts';
import { isExecuted } from '../objects/tunnel.ts';
import { lookup } from '../vyatta/nodes.ts';
import type { Path } from '../vyatta/tree.ts';
import { contentOf } from './helper-steps.ts';
import { summarize } from './make.ts';
import { digestShape, originSchema } from './types/origin-schema.ts';
import { formatVersion, type Operation, type Plan } from './types/plan.ts';

const path = z.array(z.string().max(4096)).min(1).max(40);
const line = z.int().min(0);
const place = z.object({ file: z.string(), line, column: line });
const operations = z.array(z.object({ op: z.enum(['set', 'delete', 'prune']), path }));
const words = z.array(z.string()).nullable();

/** Only told to who reads the plan; nothing here carries it out. */
const fix = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('site'),
    edits: z.array(z.object({ path: z.array(z.union([z.string(), z.int()])), value: z.unknown() })),
  }),
  z.object({ kind: z.literal('router'), commands: operations }),
]);

const identity = z.string().regex(/^([0-9A-Za-z+/]{43}=|sha256:[0-9a-f]{16})$/);

const about = {
  within: z.int().min(0),
  tunnel: z.string().exactOptional(),
  source: place.exactOptional(),
};
const by = z.enum(['router', 'client']);

/** Told to who reads the plan; what is done is what the site file says when it is applied. */
const proof = z.discriminatedUnion('do', [
  z.object({ do: z.literal('handshake'), ...about, tunnel: z.string() }),
  z.object({ do: z.literal('ping'), ...about, tunnel: z.string() }),
  z.object({
    do: z.literal('bgp'),
    neighbor: z.string(),
    name: z.string(),
    prefixes: z.int().exactOptional(),
    ...about,
  }),
  z.object({ do: z.literal('tcp'), by, to: z.string(), ...about }),
  z.object({ do: z.literal('http'), by, url: z.string(), status: z.int().exactOptional(), ...about }),
  z.object({ do: z.literal('command'), run: z.string(), ...about }),
]);

const plan = z.object({
  format_version: z.string(),
  router: z.string(),
  running_digest: z.string().regex(digestShape).nullable(),
  keys: z.array(
    z.object({
      tunnel: z.string().regex(/^wg\d{1,3}$/),
      do: z.enum(['generate', 'move', 'write']),
      path: z.string().regex(/^\/config\/auth(\/[A-Za-z0-9_][A-Za-z0-9_.@+-]*)+$/),
      from: path.exactOptional(),
      identity: identity.exactOptional(),
      before: identity.exactOptional(),
      source: place.exactOptional(),
    }),
  ),
  helpers: z
    .array(
      z.object({
        tunnel: z.string().regex(/^wg\d{1,3}$/),
        do: z.enum(['put', 'restore', 'remove']),
        path: z.string().regex(/^\/config\/scripts\/edgewg-resolve-wg\d{1,3}-[0-9a-f]{16}$/),
        watched: z.array(z.object({ public_key: z.string(), endpoint: z.string() })).exactOptional(),
        source: place.exactOptional(),
      }),
    )
    .exactOptional(),
  changes: z.array(
    z.object({
      path,
      action: z.enum(['create', 'update', 'delete', 'keep']),
      before: words,
      after: words,
      impact: z.string().exactOptional(),
      source: place.exactOptional(),
      running: line.exactOptional(),
    }),
  ),
  impacts: z
    .array(
      z.object({
        tunnel: z.string(),
        effect: z.enum(['new', 'keeps', 'peer', 'handshakes', 'flaps', 'gone']),
        text: z.string(),
      }),
    )
    .exactOptional(),
  peers: z.array(z.object({ tunnel: z.string(), public_key: z.string(), name: z.string() })).exactOptional(),
  duration: z
    .object({ about_seconds: z.int().min(1), unmeasured: z.array(z.string().max(200)) })
    .exactOptional(),
  commits: z.array(z.object({ run: operations, undo: operations })),
  proofs: z.array(proof).exactOptional(),
  diagnostics: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'note']),
      message: z.string(),
      hint: z.string().exactOptional(),
      fix: fix.exactOptional(),
      allow: z.string().exactOptional(),
      silenced: z.string().exactOptional(),
      source: place.exactOptional(),
      running: z.object({ path, line: line.exactOptional() }).exactOptional(),
    }),
  ),
});

const count = z.int().min(0);

/** All that a file of `plan --out` may hold, for the published schema; what is known from the rest isn't read back. */
export const planFileSchema = plan.extend({
  summary: z.object({ create: count, update: count, delete: count, keep: count, commands: count }),
  host_key: z.string().exactOptional(),
  site: z.string().exactOptional(),
  origin: originSchema.exactOptional(),
  running: z.array(z.string()).exactOptional(),
});

/**
 * Reads what `plan --out` or `plan --format json` wrote; `name` is the file's, for messages. Keys that a later minor
 * version added are left out. Throws {@link Refused}.
 */
export function parsePlan(text: string, name: string): Plan {
  const refuse = (message: string, hint = 'make it again with `edgewg plan --out FILE`'): never => {
    throw new Refused('saved-plan', `${name} ${message}`, hint);
  };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return refuse('is no plan: it is not JSON');
  }
  const version = z.object({ format_version: z.string().regex(/^\d+\.\d+$/) }).safeParse(data);
  if (!version.success) return refuse('is no plan: it has no format_version');
  const { format_version } = version.data;
  if (format_version.split('.')[0] !== formatVersion.split('.')[0])
    return refuse(
      `has format_version ${format_version}, and this edgewg reads ${formatVersion}`,
      'make the plan with the same edgewg that is to show or apply it',
    );
  const read = plan.safeParse(data);
  if (!read.success) {
    const [issue] = read.error.issues;
    return refuse(`is no plan: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  for (const operation of read.data.commits.flatMap(commit => commit.run))
    if (!isOurs(operation)) refuse(`holds a command that edgewg never plans: ${operation.path.join(' ')}`);
  for (const step of read.data.helpers ?? []) {
    if (partsOfHelper(step.path)?.tunnel !== step.tunnel)
      refuse(`names ${step.path} for ${step.tunnel}, which is no script of its`);
    if (step.do === 'put' && contentOf(step) === undefined)
      refuse(`puts ${step.path} on the router, and this edgewg would put another script there`);
  }
  const { changes, commits } = read.data;
  return { ...read.data, summary: summarize(changes, commits) };
}

/**
 * Whether a command is one that edgewg plans. `isUndo`: it puts back what somebody else wrote once, whose
 * descriptions may hold brackets and the like, but nothing that starts a command.
 */
export function isOurs({ op, path }: Operation, isUndo = false): boolean {
  const where = reach(path);
  // above an object everything may be somebody else's: there only what is empty goes
  if (where === 'outside' || (where === 'above' && op !== 'prune')) return false;
  if (!runsItsOwn(path)) return false;
  return path.every((word, i) => {
    const found = lookup(path.slice(0, i + 1));
    if (found === undefined) return false;
    if (!found.isValue) return !isExecuted(path.slice(0, i + 1));
    const { node } = found;
    return node.kind === 'container' || node.kind === 'valueless' || isSafe(word, node.value.type, isUndo);
  });
}

/** A task of ours runs the script of its tunnel, and no other. */
function runsItsOwn(path: Path): boolean {
  const [task = '', helper] = path.flatMap((word, i) => {
    const found = lookup(path.slice(0, i + 1));
    const type = found?.isValue === true && 'value' in found.node ? found.node.value.type : undefined;
    return type === 'task' || type === 'helper' ? word : [];
  });
  return helper === undefined || tunnelOfTask(task) === partsOfHelper(helper)?.tunnel;
}

/** Nothing that a shell would take for more than a letter; `!` at the front negates in a firewall rule. */
function isSafe(word: string, type: string, isUndo: boolean): boolean {
  // what the router runs by itself is ours alone
  if (type === 'task') return tunnelOfTask(word) !== undefined;
  if (type === 'helper') return partsOfHelper(word) !== undefined;
  if (type === 'interval') return /^\d{1,4}[mhd]?$/.test(word);
  if (type === 'endpoint') return /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d+$/.test(word);
  if (isUndo && type === 'txt') return /^[^\p{C}\p{Zl}\p{Zp}'"\\`$;&|<>]*$/u.test(word);
  const plain = /^!?[^\p{C}\p{Zl}\p{Zp}'"\\`$;&|<>(){}*!#~?[\]]*$/u;
  return plain.test(word) && (type === 'txt' || !/\s/.test(word));
}
