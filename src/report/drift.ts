// What somebody changed since the site file was applied, for a mail from cron: what an apply would undo, and who. What the file says
// nothing of is kept by every apply, and no drift.
import type { ChalkInstance } from 'chalk';
import type { TunnelStatus } from '../health/status.ts';
import type { RouterFacts } from '../plan/types/facts.ts';
import type { Plan } from '../plan/types/plan.ts';
import { changeBlocks } from './changes.ts';
import { visible } from './visible.ts';

/** Empty when there is nothing to tell: cron then sends no mail. */
export function renderDrift(
  plan: Plan,
  facts: RouterFacts,
  tunnels: readonly TunnelStatus[],
  paint: ChalkInstance,
  width = Number.POSITIVE_INFINITY,
): string {
  const isDrift = plan.commits.length > 0 || facts.drift.length > 0;
  if (!isDrift) return '';
  const managed = { ...plan, changes: plan.changes.filter(({ action }) => action !== 'keep') };
  const options = { paint, isVerbose: false, width };
  const since = sinceLastApply(facts.commits);
  const parts = [
    paint.bold(`${visible(plan.router)} has drifted from the site file`),
    ...tunnels
      .filter(({ bypassed }) => bypassed)
      .map(({ name }) => `${visible(name)} is bypassed: edgewg bypass ${visible(name)} --restore ends it`),
    ...(managed.changes.length > 0
      ? ["An apply would make it the file's again:", ...changeBlocks(managed, options)]
      : []),
    ...(facts.drift.length > 0 ? [lines('Running, but not saved:', facts.drift)] : []),
    ...(since.length > 0 ? [lines('Committed on the router since the last edgewg:', since)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

const lines = (head: string, below: readonly string[]): string =>
  [head, ...below.map(line => `    ${visible(line)}`)].join('\n');

/** Lines of `show system commit`, the newest first: those before the one that edgewg's own comment marks. */
export function sinceLastApply(commits: readonly string[]): string[] {
  const own = commits.findIndex(line => /\bedgewg\b/.test(line));
  const end = own === -1 ? commits.length : own;
  // the comment stands on the line after its commit
  const isComment = own > 0 && !/^\d+\s/.test(commits[own] ?? '');
  return commits.slice(0, isComment ? end - 1 : end).filter(line => line.trim() !== '');
}
