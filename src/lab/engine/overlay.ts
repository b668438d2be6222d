// A session's changes, laid over the active configuration like the router's union mount: what the session didn't touch
// shows what others commit meanwhile, a value file is taken whole, and a name that was removed stays hidden.
import { ConfigNode, type View } from './config.ts';

/** The changes below one node. */
export interface Layer {
  /** Nothing of the active configuration shows through below here: the node was removed and made again. */
  hidesAll: boolean;
  /** Children of the active configuration that were removed. */
  readonly removed: Set<string>;
  readonly children: Map<string, Layer>;
  values?: readonly string[];
  isDefault?: boolean;
  /** `null`: there was one, and it was removed. */
  comment?: string | null;
}

export function newLayer(hidesAll = false): Layer {
  return { hidesAll, removed: new Set(), children: new Map() };
}

/** The working configuration below one node: `layer` over `lower`. */
export class WorkingNode implements View {
  private readonly lower: View | undefined;
  private readonly layer: Layer;

  constructor(lower: View | undefined, layer: Layer) {
    this.lower = layer.hidesAll ? undefined : lower;
    this.layer = layer;
  }

  get values(): readonly string[] | undefined {
    return this.layer.values ?? this.lower?.values;
  }

  get isDefault(): boolean {
    return this.layer.isDefault ?? this.lower?.isDefault ?? false;
  }

  get comment(): string | undefined {
    return this.layer.comment === null ? undefined : (this.layer.comment ?? this.lower?.comment);
  }

  child(name: string): View | undefined {
    const upper = this.layer.children.get(name);
    const lower = this.layer.removed.has(name) ? undefined : this.lower?.child(name);
    return upper === undefined ? lower : new WorkingNode(lower, upper);
  }

  names(): string[] {
    const names = (this.lower?.names() ?? []).filter(name => !this.layer.removed.has(name));
    for (const name of this.layer.children.keys())
      if (this.lower?.child(name) === undefined) names.push(name);
    return names;
  }
}

/** The layer at `path`, made where it is missing (as a copy-up makes directories). */
export function layerAt(root: Layer, path: readonly string[]): Layer {
  let layer = root;
  for (const word of path) {
    let next = layer.children.get(word);
    if (next === undefined) {
      next = newLayer(layer.removed.delete(word));
      layer.children.set(word, next);
    }
    layer = next;
  }
  return layer;
}

/** Removes the node at `path` with all below it from what shows. */
export function removeAt(active: View, root: Layer, path: readonly string[]): void {
  const name = path.at(-1);
  if (name === undefined) return;
  const parents = path.slice(0, -1);
  const layer = layerAt(root, parents);
  layer.children.delete(name);
  let lower: View | undefined = active;
  let over: Layer | undefined = root;
  for (const word of parents) {
    if (over?.hidesAll || over?.removed.has(word)) lower = undefined;
    lower = lower?.child(word);
    over = over?.children.get(word);
  }
  if (!layer.hidesAll && lower?.child(name) !== undefined) layer.removed.add(name);
}

/** The layer that makes `to` of `from`: what a session keeps after a commit that went through only in part. */
export function layerBetween(from: View, to: View): Layer {
  const layer = newLayer();
  if (to.values !== undefined && !sameList(from.values, to.values)) layer.values = to.values;
  if (from.isDefault !== to.isDefault) layer.isDefault = to.isDefault;
  if (from.comment !== to.comment) layer.comment = to.comment ?? null;
  for (const name of from.names()) if (to.child(name) === undefined) layer.removed.add(name);
  for (const name of to.names()) {
    const before = from.child(name);
    const after = to.child(name);
    if (after === undefined || before === after) continue;
    const below = layerBetween(before ?? new ConfigNode(), after);
    if (before === undefined || !isEmptyLayer(below)) layer.children.set(name, below);
  }
  return layer;
}

export function isEmptyLayer(layer: Layer): boolean {
  return (
    !layer.hidesAll &&
    layer.removed.size === 0 &&
    layer.children.size === 0 &&
    layer.values === undefined &&
    layer.isDefault === undefined &&
    layer.comment === undefined
  );
}

function sameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return (
    a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((x, i) => x === b[i]))
  );
}
