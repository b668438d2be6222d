// A topology for Mermaid, which GitHub, GitLab and Forgejo draw in Markdown.
import type { Graph, GraphMark, GraphNode } from '../../model/routing/topology.ts';

/** Mermaid's own limits where it is drawn for others: characters of a text, and edges. */
const most = { characters: 50_000, edges: 500 };

/** Undefined when Mermaid would refuse it. Ends with a line break. */
export function renderMermaid(graph: Graph): string | undefined {
  const ids = new Map(graph.nodes.map(({ id }, i) => [id, `n${i}`]));
  const id = (name: string): string => ids.get(name) ?? '';
  const lines = [
    'flowchart LR',
    ...graph.nodes.map(node => `  ${id(node.id)}${shape(node)}${classOf(node.mark)}`),
    ...graph.edges.map(({ from, to, label, mark }) => `  ${id(from)} ${arrow(mark, label)} ${id(to)}`),
    ...classes(graph),
    ...linkStyles(graph),
  ];
  const text = `${lines.join('\n')}\n`;
  return text.length > most.characters || graph.edges.length > most.edges ? undefined : text;
}

/** In brackets that tell the kinds apart without colour. */
function shape({ kind, lines }: GraphNode): string {
  const text = `"${lines.map(escaped).join('<br>')}"`;
  if (kind === 'router') return `{{${text}}}`;
  if (kind === 'tunnel') return `[${text}]`;
  return kind === 'peer' ? `(${text})` : `[[${text}]]`;
}

/** New parts are drawn thick, those that go dotted: the colours only help. */
function arrow(mark: GraphMark, label: string): string {
  const line = { same: '-->', new: '==>', changed: '==>', gone: '-.->' }[mark];
  return label === '' ? line : `${line}|"${escaped(label)}"|`;
}

/**
 * Text of strangers as letters: everything but letters, digits and what means nothing between quotes becomes a character's number, so
 * that no quote, tag, link or Markdown of a description reaches Mermaid.
 */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N} .,:/()[\]…→−+-]/gu, char => `#${char.codePointAt(0)};`);
}

const classOf = (mark: GraphMark): string => (mark === 'same' ? '' : `:::${mark}`);

/** Of strokes alone, so that they do on light and on dark pages. */
const strokes = { new: '#2da44e', changed: '#bf8700', gone: '#cf222e' } as const;
const marked = ['new', 'changed', 'gone'] as const;

function classes({ nodes }: Graph): string[] {
  return marked
    .filter(mark => nodes.some(node => node.mark === mark))
    .map(mark => {
      const dash = mark === 'gone' ? ',stroke-dasharray:6 4' : '';
      return `  classDef ${mark} stroke:${strokes[mark]},stroke-width:3px${dash}`;
    });
}

function linkStyles({ edges }: Graph): string[] {
  return marked.flatMap(mark => {
    const numbers = edges.flatMap((edge, i) => (edge.mark === mark ? [i] : []));
    return numbers.length === 0
      ? []
      : [`  linkStyle ${numbers.join(',')} stroke:${strokes[mark]},stroke-width:3px`];
  });
}
