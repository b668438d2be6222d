// The names of all commands, in the order in which they are listed.
export const commandNames = [
  'validate',
  'init',
  'import',
  'plan',
  'apply',
  'rollback',
  'bypass',
  'status',
  'doctor',
  'show',
  'snapshot',
  'graph',
  'keys',
  'cluster',
  'tunnel',
  'peer',
  'ssh-command',
  'explain',
  'lab',
  'schema',
  'completion',
  'help',
] as const;

export type CommandName = (typeof commandNames)[number];
