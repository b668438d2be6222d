// The changes of a plan as Markdown: a diff for each tunnel, for the firewall, and for the rest, behind a click where there is much.
import { sections } from '../../objects/kind.ts';
import type { Change, Plan } from '../../plan/types/plan.ts';
import { showWord } from '../changes.ts';
import { marks } from '../marks.ts';
import { objectsOf, type PlanObject } from '../objects.ts';
import type { Section } from './fit.ts';
import { details, fence, htmlCode } from './prose.ts';

/** So many lines are read at a glance; of more, each group opens at a click. */
const glance = 30;

export function changeSections(plan: Plan): Section[] {
  const found = new Map<string, PlanObject[]>();
  for (const object of objectsOf(plan)) found.set(object.group, [...(found.get(object.group) ?? []), object]);
  const blocks = [...found].map(([name, objects]) => ({ name, objects, lines: objects.flatMap(diffLines) }));
  const isOpen = blocks.reduce((sum, { lines }) => sum + lines.length, 0) <= glance;
  // what the file says nothing of comes last
  const isKept = ({ objects }: (typeof blocks)[number]): boolean =>
    objects.every(({ action }) => action === 'keep');
  const sorted = [...blocks.filter(one => !isKept(one)), ...blocks.filter(isKept)];
  return sorted.map(({ name, objects, lines }) => {
    const title = `${(sections as readonly string[]).includes(name) ? `<b>${name}</b>` : htmlCode(name)}: ${counts(objects)}`;
    return {
      name: `the changes of ${name}`,
      rank: 4,
      text: details(title, fence('diff', lines), isOpen),
      short: `- ${title}`,
    };
  });
}

function counts(objects: readonly PlanObject[]): string {
  const changes = objects.flatMap(object => object.changes.map(({ change }) => change.action));
  const count = (action: Change['action']): number => changes.filter(one => one === action).length;
  const words = { create: 'to create', update: 'to change', delete: 'to delete', keep: 'kept' } as const;
  return (['create', 'update', 'delete', 'keep'] as const)
    .filter(action => count(action) > 0)
    .map(action => `${count(action)} ${words[action]}`)
    .join(', ');
}

/** `@@` lines stand out in a diff; the first letter of the others gives them their colour. */
function diffLines({ title, action, changes }: PlanObject): string[] {
  const source = changes.flatMap(({ change }) => change.source ?? []).toSorted((a, b) => a.line - b.line)[0];
  const place = action === 'keep' ? ', kept' : source === undefined ? '' : `, ${source.file}:${source.line}`;
  return [
    `@@ ${marks[action]} ${title}${place} @@`,
    ...changes.flatMap(({ label, change }) => leafLines(label, change)),
  ];
}

function leafLines(label: string, { action, before, after, impact }: Change): string[] {
  const [old, fresh] = [before ?? [], after ?? []];
  const line = (mark: string, words: readonly string[]): string =>
    `${mark} ${[label, words.map(showWord).join(', ')].filter(text => text !== '').join(' ')}`;
  const note = impact === undefined ? [] : [`# ${impact}`];
  if (label === '' && action !== 'update') return note;
  if (action === 'create') return [line('+', fresh), ...note];
  if (action === 'delete') return [line('-', old), ...note];
  if (action === 'keep') return [line(' ', old)];
  return [
    ...(old.length === 0
      ? []
      : [
          line(
            '-',
            old.filter(word => !fresh.includes(word)),
          ),
        ]),
    ...(fresh.length === 0
      ? []
      : [
          line(
            '+',
            fresh.filter(word => !old.includes(word)),
          ),
        ]),
    ...note,
  ];
}
