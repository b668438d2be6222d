// The same router with one of its interfaces gone: what routes and rulesets are left then.
import type { Interface } from '../../vyatta/interfaces.ts';
import { routingOf } from './routing.ts';
import type { World } from './step.ts';

/** As the kernel has it when the interface isn't there; its configuration stays. `live`: as for {@link routingOf}. */
export function without(world: World, name: string, live?: readonly string[]): World {
  const ifaces = world.routing.ifaces.map(
    (iface): Interface => (iface.name === name ? { ...iface, disabled: true } : iface),
  );
  return { ...world, routing: routingOf(world.tree, live, ifaces) };
}
