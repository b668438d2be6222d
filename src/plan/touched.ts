// Which tunnels a plan's commands are about.
import { tunnel } from '../objects/tunnel.ts';
import type { Plan } from './types/plan.ts';

/** Interfaces that the plan's commands name. */
export function touchedInterfaces({ commits }: Pick<Plan, 'commits'>): string[] {
  const names = commits
    .flatMap(commit => commit.run)
    .flatMap(({ path }) => tunnel.match(path)?.instance ?? []);
  return [...new Set(names)];
}
