// What actions of a commit may reach beyond the configuration: the kernel, the box's files and shell, the clock, names.
import type { BoxFiles, Surroundings } from '../call.ts';
import type { Kernel } from './kernel.ts';

/** How an endpoint's name resolves: to an address, or not, with what `wg` says of it. */
export type Resolution = { readonly address: string } | { readonly problem: string };

export interface World {
  readonly kernel: Kernel;
  readonly files: BoxFiles;
  readonly sh: Surroundings['sh'];
  readonly sleep: Surroundings['sleep'];
  readonly now: Surroundings['now'];
  readonly resolve: (host: string) => Promise<Resolution>;
  /** Physical interfaces of the model. */
  readonly ethernet: readonly string[];
  /** The greatest MTU of the platform, as `ubnt-hal getMtu` says. */
  readonly maxMtu: number;
}
