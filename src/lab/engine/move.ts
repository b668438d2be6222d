// `move`, `rename` and `copy` of an instance of a tag node: the same subtree under another value (cstore.cpp).
import { at, plain, type View } from './config.ts';
import { checkedPlace, deletePath, type Edited, exists, type Scene } from './edit.ts';
import { layerAt, newLayer } from './overlay.ts';
import { placeOf } from './template.ts';

type Path = readonly string[];
const refuse = (output: string): Edited => ({ ok: false, output });

/** `move PATH VALUE to NEW`: the wrapper's form. */
export async function move(scene: Scene, args: Path): Promise<Edited> {
  if (args.length < 4) return refuse('Invalid move command\n');
  const [tag = '', value = '', to = '', next = ''] = args.slice(-4);
  return rename(scene, args.slice(0, -4), [tag, value, to, tag, next], 'move');
}

/** `rename TAG VALUE to TAG NEW` below `level`; `copy` keeps the old one. */
export async function rename(
  scene: Scene,
  level: Path,
  args: Path,
  verb: 'rename' | 'copy' | 'move',
): Promise<Edited> {
  const [tag = '', value = '', to, newTag = '', newValue = ''] = args;
  if (args.length !== 5 || to !== 'to') return refuse(`Invalid ${verb} command\n`);
  if (tag !== newTag) return refuse(`Cannot ${verb} from "${tag}" to "${newTag}"\n`);
  const from = [...level, tag, value];
  const into = [...level, tag, newValue];
  const place = placeOf(scene.templates, from);
  if (place === undefined) return refuse('The specified configuration node is not valid\n');
  if (place.template.kind !== 'tag') return refuse(`Cannot ${verb} under "${tag}"\n`);
  if (!exists(scene.session.working, from, true))
    return refuse(`Configuration "${tag} ${value}" does not exist\n`);
  if (exists(scene.session.working, into, true))
    return refuse(`Configuration "${newTag} ${newValue}" already exists\n`);
  const checked = await checkedPlace(scene, into);
  if (checked.place === undefined) return refuse(checked.output);
  const node = at(scene.session.working, from);
  if (node !== undefined) paste(scene, into, plain(node));
  if (verb !== 'copy') deletePath(scene, from);
  scene.session.changed = true;
  return { ok: true, output: checked.output };
}

function paste(scene: Scene, path: Path, node: View): void {
  const layer = layerAt(scene.session.layer, path);
  Object.assign(layer, { ...newLayer(true), children: layer.children, removed: layer.removed });
  if (node.values !== undefined) layer.values = node.values;
  layer.isDefault = node.isDefault;
  if (node.comment !== undefined) layer.comment = node.comment;
  for (const name of node.names()) {
    const child = node.child(name);
    if (child !== undefined) paste(scene, [...path, name], child);
  }
}
