// Every command by its name. Each is imported by itself, so that one pays only for what it uses.
import type { Command } from './command.ts';
import type { CommandName } from './names.ts';

const table: Readonly<Record<CommandName, () => Promise<{ readonly command: Command }>>> = {
  validate: () => import('./validate.ts'),
  init: () => import('./init.ts'),
  import: () => import('./import.ts'),
  plan: () => import('./plan.ts'),
  apply: () => import('./apply.ts'),
  confirm: () => import('./confirm.ts'),
  extend: () => import('./extend.ts'),
  undo: () => import('./undo.ts'),
  rollback: () => import('./rollback.ts'),
  bypass: () => import('./bypass.ts'),
  status: () => import('./status.ts'),
  doctor: () => import('./doctor.ts'),
  show: () => import('./show.ts'),
  snapshot: () => import('./snapshot.ts'),
  graph: () => import('./graph.ts'),
  keys: () => import('./keys.ts'),
  cluster: () => import('./cluster.ts'),
  tunnel: () => import('./tunnel.ts'),
  peer: () => import('./peer.ts'),
  'ssh-command': () => import('./ssh-command.ts'),
  explain: () => import('./explain.ts'),
  lab: () => import('./lab.ts'),
  schema: () => import('./schema.ts'),
  completion: () => import('./completion.ts'),
  help: () => import('./help.ts'),
};

export const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = table;
