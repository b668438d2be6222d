// A way into the router: one authenticated SSH connection on which commands run. What the driver builds on.
// Knows nothing of configurations; how the way in is found is the business of access/.
import type { Access } from './access.ts';
import type { Connection, Dialer, Target } from './contract.ts';
import { openDialer } from './dialer.ts';

export type { Access } from './access.ts';
export type { Connection, Dialer, ExecOptions, Target } from './contract.ts';
export { parsePlace } from './place.ts';
export { systemAccess } from './system.ts';

/** Reads everything that decides how to get in; contacts nobody. */
export function resolveTarget(target: Target, access: Access): Promise<Dialer> {
  return openDialer(target, access);
}

/** One connection, for whoever needs just one. */
export async function connect(target: Target, access: Access, signal?: AbortSignal): Promise<Connection> {
  return (await resolveTarget(target, access)).dial(signal);
}
