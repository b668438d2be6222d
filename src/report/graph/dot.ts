// A topology for Graphviz.
import type { Graph, GraphMark, GraphNode } from '../../model/routing/topology.ts';
import { visible } from '../visible.ts';

const colors: Readonly<Record<GraphMark, string>> = {
  same: '',
  new: 'color="#2da44e" penwidth=2',
  changed: 'color="#bf8700" penwidth=2',
  gone: 'color="#cf222e" style=dashed',
};

const shapes: Readonly<Record<GraphNode['kind'], string>> = {
  router: 'hexagon',
  tunnel: 'box',
  peer: 'ellipse',
  networks: 'note',
};

/** Ends with a line break. */
export function renderDot({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const list = (...attributes: string[]): string => `[${attributes.filter(one => one !== '').join(' ')}]`;
  return [
    'digraph edgewg {',
    '  rankdir=LR',
    '  node [fontname="sans-serif" fontsize=11]',
    '  edge [fontname="sans-serif" fontsize=10]',
    ...nodes.map(
      ({ id, kind, lines, mark }) =>
        `  ${ids.get(id)} ${list(`label=${quoted(lines)}`, `shape=${shapes[kind]}`, colors[mark])}`,
    ),
    ...edges.map(
      ({ from, to, label, mark }) =>
        `  ${ids.get(from)} -> ${ids.get(to)} ${list(label === '' ? '' : `label=${quoted([label])}`, colors[mark])}`,
    ),
    '}',
    '',
  ].join('\n');
}

/** Graphviz takes `\` sequences and entities in a label for more than letters. */
function quoted(lines: readonly string[]): string {
  const text = lines.map(line =>
    visible(line).replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/&/g, '&amp;'),
  );
  return `"${text.join('\\n')}"`;
}
