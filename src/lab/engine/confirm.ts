// commit-confirm: unless somebody confirms, the router goes back to the *saved* configuration by a reboot. It counts
// whole minutes of the clock, so that 'in 1 minute' may be in 20 seconds (docs/edgeos.md 'commit-confirm'; interactive/12).
import type { Engine } from './engine.ts';
import { bootFile } from './save.ts';

export interface Pending {
  readonly isArmed: boolean;
  arm(minutes: number): Promise<void>;
  /** Gives whether there was one. */
  cancel(): Promise<boolean>;
}

/** Where the number of the job stands while it waits. */
const jobFile = '/var/run/confirm.job';
const rollbackFile = '/config/archive/config.boot-rollback';
const job = `sudo sg vyattacfg "/opt/vyatta/sbin/vyatta-config-mgmt.pl --action rollback --file ${rollbackFile}"\n`;

class Confirm implements Pending {
  private token: object | undefined;
  private cancelJob: () => void = () => undefined;
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get isArmed(): boolean {
    return this.token !== undefined;
  }

  async arm(minutes: number): Promise<void> {
    const token = {};
    this.token = token;
    const now = this.engine.world.now().getTime();
    const due = (Math.floor(now / 60000) + Math.max(1, minutes)) * 60000;
    const { schedule, files } = this.engine.surroundings;
    const act = (): void => void this.expire(token);
    if (schedule === undefined) void this.engine.world.sleep(due - now).then(act);
    const scheduled = schedule?.(new Date(due), job, act);
    this.cancelJob = () => scheduled?.cancel();
    await files.write(jobFile, `${scheduled?.id ?? 1}\n`, 0o644);
  }

  async cancel(): Promise<boolean> {
    const wasArmed = this.isArmed;
    this.token = undefined;
    this.cancelJob();
    if (wasArmed) await this.engine.surroundings.files.remove(jobFile);
    return wasArmed;
  }

  private async expire(token: object): Promise<void> {
    if (this.token !== token) return;
    this.token = undefined;
    const { files } = this.engine.surroundings;
    const saved = await files.read(rollbackFile);
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
