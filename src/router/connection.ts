// A way into the router: one authenticated SSH connection on which commands run. What the driver builds on.
// Knows nothing of configurations; how the way in is found is the business of access/.
import type { Access } from './access/access.ts';
import type { Connection, Door, Target } from './access/contract.ts';
import { openDoor } from './access/door.ts';

export type { Access } from './access/access.ts';
export type { Connection, Door, ExecOptions, Target } from './access/contract.ts';
export { parsePlace } from './access/place.ts';
export { systemAccess } from './access/system.ts';

/** Reads everything that decides how to get in; contacts nobody. */
export function resolveTarget(target: Target, access: Access): Promise<Door> {
  return openDoor(target, access);
}

/** One connection, for whoever needs just one. */
export async function connect(target: Target, access: Access, signal?: AbortSignal): Promise<Connection> {
  return (await resolveTarget(target, access)).dial(signal);
}
