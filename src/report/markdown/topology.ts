// The tunnels before and after, drawn by whoever shows the Markdown.
import { changedOnly, type Graph } from '../../model/routing/topology.ts';
import { plural } from '../../plural.ts';
import { renderMermaid } from '../graph/mermaid.ts';
import type { Section } from './fit.ts';

const legend =
  'Thick and green: new. Thick and yellow: changed. Dotted and red: goes. Everything else stays.';

/** Nothing where there is no tunnel. Of a network too large for a drawing only what changes, or a word. */
export function topologySections(graph: Graph): Section[] {
  if (graph.nodes.length < 2) return [];
  const whole = renderMermaid(graph);
  const text = whole ?? renderMermaid(changedOnly(graph));
  const note = whole === undefined ? ' Tunnels that stay as they are are left out.' : '';
  const tunnels = plural(graph.nodes.filter(({ kind }) => kind === 'tunnel').length, 'tunnel');
  const drawn =
    text === undefined
      ? `${tunnels}, too many for a drawing here: see \`edgewg graph --format svg\`.`
      : `\`\`\`mermaid\n${text}\`\`\`\n\n<sub>${legend}${note}</sub>`;
  return [{ name: 'the drawing', rank: 5, text: `**Tunnels before and after**\n\n${drawn}` }];
}
