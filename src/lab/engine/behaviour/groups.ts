// Firewall groups: their members when they are set (ubnt-fw-syntax), the kernel's sets in a commit (ubnt-fw-group), and
// the rules that name them (docs/edgeos.md 'Rulesets'; transcript groups).
import { type Act, failed, fine, type Outcome } from '../action.ts';
import { at, childrenAt, type View, valueAt, valuesAt } from '../config.ts';
import { type GroupType, groupTypes, membersOf } from '../sets.ts';
import type { Template } from '../template.ts';
import { on, pattern, program } from './attach.ts';
import { isService } from './names.ts';
import { boundaryProblem } from './prefixes.ts';

export function groupsBehaviour(root: Template): void {
  for (const type of groupTypes) {
    const group = on(root, `firewall group ${type}-group`);
    pattern(group, /^[!-~]{1,31}$/, 'Firewall group name must be 31 characters or less');
    pattern(group, /^[^-]/, 'Firewall group name cannot start with "-"');
    pattern(group, /^[^!]/, 'Firewall group name cannot start with "!"');
    pattern(group, /^[^|;&$<>]*$/, 'Firewall group name cannot contain shell punctuation');
    const member = on(group, type);
    program(member, ({ value }) => problemText(memberProblem[type](value)));
    if (type.endsWith('network')) program(member, ({ value }) => boundaryProblem(value));
    group.end = act => updateSet(act, type);
  }
}

const problemText = (problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `Error: ${problem}`;

/** Why a value can't be a member of a group of this type. */
const memberProblem: Readonly<Record<GroupType, (value: string) => string | undefined>> = {
  address: addressProblem,
  network: value => maskProblem(value, 31, 'network group'),
  port: portProblem,
  'ipv6-address': value =>
    value === '0::/0' ? 'zero IP address not valid in ipv6-address group' : undefined,
  'ipv6-network': value => maskProblem(value, 127, 'ipv6-network group'),
};

function addressProblem(value: string): string | undefined {
  const dash = value.indexOf('-');
  if (dash === -1) return oneAddressProblem(value);
  const [start, stop] = [value.slice(0, dash), value.slice(dash + 1)];
  const wrong = oneAddressProblem(start) ?? oneAddressProblem(stop);
  if (wrong !== undefined) return wrong;
  const split = (text: string): [string, number] => {
    const dot = text.lastIndexOf('.');
    return [text.slice(0, dot), Number.parseInt(text.slice(dot + 1), 10)];
  };
  const [[net, first], [otherNet, last]] = [split(start), split(stop)];
  if (net !== otherNet) return 'address range must be within /24';
  return last <= first ? `${stop} must be less than ${start}` : undefined;
}

/** As the router reads four numbers: what follows the last one (`/24`) isn't looked at. */
function oneAddressProblem(text: string): string | undefined {
  const octets = text.split('.').map(octet => Number.parseInt(octet, 10) || 0);
  if (octets.length !== 4 || octets.some(octet => octet < 0 || octet > 255))
    return `[${text}] isn't a valid IPv4 address`;
  return text === '0.0.0.0' ? 'zero IP address not valid in address group' : undefined;
}

function maskProblem(value: string, greatest: number, what: string): string | undefined {
  const slash = value.indexOf('/');
  if (slash === -1) return `invalid ${what} [${value}]`;
  const mask = value.slice(slash + 1);
  const isMask = Number(mask) >= 1 && Number(mask) <= greatest;
  return isMask ? undefined : `invalid mask [${mask}] - must be between 1-${greatest}`;
}

function portProblem(value: string): string | undefined {
  const wrong = (text: string): string | undefined =>
    Number(text) >= 1 && Number(text) <= 65535
      ? undefined
      : `invalid port '${text}' (must be between 1 and 65535)`;
  const [, start, stop] = /^(\d+)-(\d+)$/.exec(value) ?? [];
  if (start !== undefined && stop !== undefined) {
    const ordered =
      Number(stop) > Number(start) ? undefined : `invalid port range (${stop} is not greater than ${start}`;
    return wrong(start) ?? wrong(stop) ?? ordered;
  }
  if (/^\d+$/.test(value)) return wrong(value);
  return isService(value, undefined) ? undefined : `'${value}' is not a valid port name`;
}

/** Of which type the working configuration says that a group is; `family` decides where is looked. */
function typeInConfig(working: View, name: string, family: 4 | 6 | undefined): GroupType | undefined {
  const types: readonly GroupType[] =
    family === 6 ? ['port', 'ipv6-address', 'ipv6-network'] : ['port', 'address', 'network'];
  return types.find(type => at(working, ['firewall', 'group', `${type}-group`, name]) !== undefined);
}

/** Brings the kernel's set to what the working configuration says of one group. */
function updateSet(act: Act, type: GroupType): Outcome {
  const name = act.path.at(-1) ?? '';
  const path = ['firewall', 'group', `${type}-group`, name];
  const { sets } = act.world.kernel;
  const family = type === 'port' ? undefined : type.startsWith('ipv6') ? 6 : 4;
  const isNew = at(act.active, path) === undefined;
  if (at(act.working, path) === undefined) return deleteSet(act, name, type);
  const old = sets.get(name);
  if (isNew) {
    const wrong = createProblem(act, name, type);
    if (wrong !== undefined) return failed(wrong);
  }
  const before = isNew ? [] : valuesAt(act.active, [...path, type]);
  const after = valuesAt(act.working, [...path, type]);
  const members = new Set(old?.members);
  for (const value of before.filter(each => !after.includes(each)))
    for (const member of membersOf(type, value)) members.delete(member);
  for (const value of after.filter(each => !before.includes(each)))
    for (const member of membersOf(type, value)) {
      if (members.has(member)) return failed(`Error: member [${member}] already exists in [${name}]\n`);
      members.add(member);
    }
  sets.put(name, { family, members });
  return fine;
}

function createProblem({ working, world }: Act, name: string, type: GroupType): string | undefined {
  const { sets } = world.kernel;
  const set = sets.get(name);
  if (set === undefined) return undefined;
  const known = typeInConfig(working, name, set.family) ?? type;
  if (known !== type) return 'Error: group already exists with different type';
  const references = sets.references(name);
  if (references > 0) return `Error: group [${name}] already exist and has ${references} references to it`;
  return set.members.size > 0 ? `Error: group [${name}] already exist` : undefined;
}

/** A set that rules of the kernel still look at, but none of the configuration, is only emptied. */
function deleteSet({ working, world }: Act, name: string, type: GroupType): Outcome {
  const { sets } = world.kernel;
  const set = sets.get(name);
  if (set === undefined) return failed(`Error: group [${name}] doesn't exist`);
  if (sets.references(name) === 0) sets.destroy(name);
  else if (isNamed(working, name, type)) return failed(`Error: group [${name}] still in use.`);
  else sets.put(name, { ...set, members: new Set(), isOrphan: true });
  return fine;
}

const trees = ['name', 'modify', 'ipv6-name', 'ipv6-modify'];
const sides = ['source', 'destination'];

/** Whether a rule of the configuration names the group, not negated. */
function isNamed(view: View, name: string, type: GroupType): boolean {
  const rulesets = trees.flatMap(tree =>
    childrenAt(view, ['firewall', tree]).map(set => ['firewall', tree, set, 'rule']),
  );
  return [...rulesets, ['service', 'nat', 'rule']].some(rules =>
    childrenAt(view, rules).some(number =>
      sides.some(side => valueAt(view, [...rules, number, side, 'group', `${type}-group`]) === name),
    ),
  );
}

/** The sets that the rules below `rules` look at; those of disabled rules aren't in the kernel. */
export function setsOf(rules: View | undefined): Set<string> {
  const names = new Set<string>();
  for (const number of rules?.names() ?? []) {
    const rule = rules?.child(number);
    if (rule === undefined || rule.child('disable') !== undefined) continue;
    for (const side of sides)
      for (const type of groupTypes) {
        const name = valueAt(rule, [side, 'group', `${type}-group`]);
        if (name !== undefined) names.add(bare(name));
      }
  }
  return names;
}

const bare = (name: string): string => name.slice(name.indexOf('!') + 1);

/** What rules say of groups that aren't there, or are of another type: asked in a commit only. */
export function groupReferences(rule: Template): void {
  for (const side of sides)
    for (const type of groupTypes) {
      const leaf = rule.children.get(side)?.children.get('group')?.children.get(`${type}-group`);
      if (leaf !== undefined) program(leaf, act => referenceProblem(act, type), true);
    }
}

/** Of an interface: the router makes the set as soon as a rule names it (vyatta-cfg src/ubnt/fw/fw_group.cpp). */
const ofInterface = /^(ADDR|NET)v4_/;

function referenceProblem({ value, working, world }: Act, type: GroupType): string | undefined {
  const name = bare(value);
  if (type === 'address' && ofInterface.test(name) && name.length < 31) return undefined;
  const set = world.kernel.sets.get(name);
  if (set === undefined) return `Group [${value}] has not been defined`;
  const known = typeInConfig(working, name, set.family) ?? 'Invalid';
  return known === type ? undefined : `Error: group [${name}] is of type [${known}] not [${type}]`;
}
