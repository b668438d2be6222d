// commit-confirm: unless somebody confirms, the router goes back to the *saved* configuration by a reboot. It counts
// whole minutes of the clock, so that 'in 1 minute' may be in 20 seconds (docs/edgeos.md 'commit-confirm'; interactive/12).
import type { Engine } from './engine.ts';
import { bootFile } from './save.ts';

export interface Pending {
  readonly isArmed: boolean;
  arm(minutes: number): void;
  /** Gives whether there was one. */
  cancel(): boolean;
}

class Confirm implements Pending {
  private token: object | undefined;
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get isArmed(): boolean {
    return this.token !== undefined;
  }

  arm(minutes: number): void {
    const token = {};
    this.token = token;
    const now = this.engine.world.now().getTime();
    const due = (Math.floor(now / 60000) + Math.max(1, minutes)) * 60000;
    const { until } = this.engine.surroundings;
    const wait = until ? until(new Date(due)) : this.engine.world.sleep(due - now);
    void wait.then(() => this.expire(token));
  }

  cancel(): boolean {
    const wasArmed = this.isArmed;
    this.token = undefined;
    return wasArmed;
  }

  private async expire(token: object): Promise<void> {
    if (this.token !== token) return;
    this.token = undefined;
    const { files } = this.engine.surroundings;
    const saved = await files.read('/config/archive/config.boot-rollback');
    if (saved !== undefined) await files.write(bootFile, saved, 0o664);
    this.engine.surroundings.reboot();
  }
}

const pending = new WeakMap<Engine, Confirm>();

export function pendingConfirm(engine: Engine): Pending {
  let confirm = pending.get(engine);
  if (confirm === undefined) {
    confirm = new Confirm(engine);
    pending.set(engine, confirm);
  }
  return confirm;
}
