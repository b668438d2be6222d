// A topology as a picture by itself. The graph is a tree in four columns, so that its layout is a sum of heights: a drawing
// library would weigh more than all of edgewg.
import type { Graph, GraphEdge, GraphMark, GraphNode } from '../../model/routing/topology.ts';
import { columns, visible } from '../visible.ts';

const lineHeight = 16;
const padding = 10;
const gap = { row: 14, column: 60 };
const margin = 16;
/** Of a letter, for a font that nobody has measured; boxes are a little wider than they need to be. */
const letter = 7.4;

interface Box {
  readonly node: GraphNode;
  readonly x: number;
  y: number;
  readonly width: number;
  readonly height: number;
}

const kinds: readonly GraphNode['kind'][] = ['router', 'tunnel', 'peer', 'networks'];

/** A whole document that carries its own colours, for light and dark pages. Ends with a line break. */
export function renderSvg(graph: Graph): string {
  const boxes = layout(graph);
  const all = [...boxes.values()];
  const width = Math.max(...all.map(box => box.x + box.width)) + margin;
  const height = Math.max(...all.map(box => box.y + box.height)) + margin;
  const title = `Tunnels of ${graph.nodes[0]?.lines[0] ?? 'the router'}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <style>${style}</style>`,
    `  <rect class="page" width="100%" height="100%"/>`,
    ...graph.edges.map(edge => `  ${lineOf(edge, boxes)}`),
    ...graph.edges.map(edge => `  ${labelOf(edge, boxes)}`).filter(text => text.trim() !== ''),
    ...all.map(box => `  ${boxOf(box)}`),
    '</svg>',
    '',
  ].join('\n');
}

/** Leaves stand below each other; a parent in the middle of its children. */
function layout({ nodes, edges }: Graph): Map<string, Box> {
  const boxes = new Map<string, Box>();
  const left = columnStarts(nodes, edges);
  for (const node of nodes) {
    const x = left.get(node.kind) ?? margin;
    const height = node.lines.length * lineHeight + 2 * padding;
    boxes.set(node.id, { node, x, y: 0, width: widthOf(node), height });
  }
  const children = (id: string): Box[] =>
    edges.filter(({ from }) => from === id).flatMap(({ to }) => boxes.get(to) ?? []);
  let below = margin;
  const place = (box: Box): void => {
    const mine = children(box.node.id);
    const top = below;
    for (const child of mine) place(child);
    const [first, last] = [mine[0], mine.at(-1)];
    box.y = first && last ? (first.y + last.y + last.height - box.height) / 2 : below;
    if (box.y < top) {
      for (const child of mine) shift(child, top - box.y, children);
      below += top - box.y;
      box.y = top;
    }
    below = Math.max(below, box.y + box.height + gap.row);
  };
  const root = nodes[0] && boxes.get(nodes[0].id);
  if (root !== undefined) place(root);
  return boxes;
}

function shift(box: Box, by: number, children: (id: string) => Box[]): void {
  box.y += by;
  for (const child of children(box.node.id)) shift(child, by, children);
}

function columnStarts(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
): Map<GraphNode['kind'], number> {
  const starts = new Map<GraphNode['kind'], number>();
  let x = margin;
  for (const kind of kinds) {
    const mine = nodes.filter(node => node.kind === kind);
    if (mine.length === 0) continue;
    const ids = new Set(mine.map(({ id }) => id));
    const labels = edges.filter(({ to }) => ids.has(to)).map(({ label }) => columns(visible(label)) * letter);
    x += starts.size === 0 ? 0 : gap.column + Math.max(...labels);
    starts.set(kind, x);
    x += Math.max(...mine.map(widthOf));
  }
  return starts;
}

const widthOf = ({ lines }: GraphNode): number =>
  Math.max(...lines.map(line => columns(visible(line)))) * letter + 2 * padding;

function boxOf({ node, x, y, width, height }: Box): string {
  const round = { router: 14, tunnel: 3, peer: 14, networks: 0 }[node.kind];
  const texts = node.lines.map((line, i) => {
    const name = i === 0 && node.kind !== 'networks' ? ' class="name"' : '';
    return `<text x="${x + padding}" y="${y + padding + lineHeight * (i + 0.75)}"${name}>${escaped(line)}</text>`;
  });
  return `<g class="${node.mark}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}"/>${texts.join('')}</g>`;
}

function lineOf({ from, to, mark }: GraphEdge, boxes: ReadonlyMap<string, Box>): string {
  const [a, b] = [boxes.get(from), boxes.get(to)];
  if (a === undefined || b === undefined) return '';
  const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2];
  const bend = (x2 - x1) / 2;
  return `<path class="${mark}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

/** Above all lines, and with an edge in the page's colour, so that no line runs through it. */
function labelOf({ to, label }: GraphEdge, boxes: ReadonlyMap<string, Box>): string {
  const box = boxes.get(to);
  if (box === undefined || label === '') return '';
  return `<text class="label" x="${box.x - 8}" y="${box.y + box.height / 2 - 6}" text-anchor="end">${escaped(label)}</text>`;
}

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);
}

const strokes: Readonly<Record<Exclude<GraphMark, 'same'>, string>> = {
  new: 'stroke:#2da44e;stroke-width:2.5',
  changed: 'stroke:#bf8700;stroke-width:2.5',
  gone: 'stroke:#cf222e;stroke-width:2;stroke-dasharray:6 4',
};

const style = [
  '.page{fill:#fff}rect,path{stroke:#8c959f;stroke-width:1.2;fill:#f6f8fa}path{fill:none}',
  'text{font:12px system-ui,sans-serif;fill:#1f2328}.name{font-weight:600}.label{font-size:11px;fill:#59636e;stroke:#fff;stroke-width:5px;paint-order:stroke;stroke-linejoin:round}.page{stroke:none}',
  ...Object.entries(strokes).map(([mark, css]) => `.${mark} rect,path.${mark}{${css}}`),
  '@media(prefers-color-scheme:dark){.page{fill:#0d1117}rect{fill:#151b23}text{fill:#f0f6fc}.label{fill:#9198a1;stroke:#0d1117}}',
].join('');
