// A configuration session: its changes over the active configuration, and the marks that go with it. It lives until it
// is ended, whoever asks for its id: a later process with the same parent id finds what was left (interactive/20).
import type { ConfigNode, View } from './config.ts';
import { isEmptyLayer, type Layer, newLayer, WorkingNode } from './overlay.ts';

export class Session {
  readonly id: string;
  layer: Layer = newLayer();
  /** Something was set or deleted since the last commit or discard, even if it came to nothing. */
  changed = false;
  /** Committed and not saved: what leaving configure mode warns of. */
  unsaved = false;
  /** How many edits of each kind there were, for faults that wait for one of them. */
  readonly edits = new Map<string, number>();
  private readonly active: () => ConfigNode;

  constructor(id: string, active: () => ConfigNode) {
    this.id = id;
    this.active = active;
  }

  get working(): View {
    return new WorkingNode(this.active(), this.layer);
  }

  /** Gives whether there was anything to discard. */
  discard(): boolean {
    const had = this.changed || !isEmptyLayer(this.layer);
    this.layer = newLayer();
    this.changed = false;
    return had;
  }
}
