// `graph`: the tunnels as a drawing, of a saved plan or of the router and what the site file makes of it.
import { Exit, Refused } from '../errors.ts';
import type { Graph } from '../model/routing/topology.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, readSite, siteOptions } from './live.ts';
import { graphOf } from './output.ts';

const formats = ['mermaid', 'dot', 'svg'] as const;

export const command = defineCommand({
  command: 'graph [plan]',
  describe: 'draw the tunnels, and what a plan makes of them',
  positionals: { plan: { type: 'string', describe: 'what `plan --out` wrote; default: plan now' } },
  options: {
    ...siteOptions,
    running: {
      type: 'string',
      describe: 'a saved configuration or a snapshot in place of a router; - for standard input',
    },
    ...accessOptions,
    format: {
      choices: formats,
      default: 'mermaid',
      describe: 'mermaid for Markdown, dot for Graphviz, svg for a browser',
      requiresArg: true,
    },
    changes: { type: 'boolean', describe: 'only the tunnels that change' },
  },
  examples: [
    ['edgewg graph plan.json --format svg > plan.svg', 'a picture of a saved plan'],
    ['edgewg graph --running router.snapshot --format dot | dot -Tpng > net.png', 'by Graphviz'],
  ],
  async run(args, io) {
    const graph = await graphFor(args, io);
    const { changedOnly } = await import('../model/routing/topology.ts');
    io.stdout.write(await render(args.changes === true ? changedOnly(graph) : graph, args.format));
    return Exit.done;
  },
});

interface GraphArgs {
  readonly plan?: string | undefined;
  readonly file: string;
  readonly running?: string | undefined;
  readonly 'accept-new-host-key'?: boolean | undefined;
}

async function graphFor(args: GraphArgs, io: Io): Promise<Graph> {
  if (args.plan !== undefined) {
    const { readPlanFile, runningOf } = await import('./plan-file.ts');
    const file = await readPlanFile(args.plan, io);
    const { running } = runningOf(file);
    if (running === undefined)
      throw new Refused(
        'no-running',
        `${args.plan} doesn't hold the configuration that it was made for`,
        'make it with `edgewg plan --out FILE`',
      );
    return graphOf(file.plan, running);
  }
  const { planFor } = await import('./planning.ts');
  const { plan, running } = await planFor(await readSite(args.file, io), args, io);
  return graphOf(plan, running);
}

async function render(graph: Graph, format: (typeof formats)[number]): Promise<string> {
  if (format === 'svg') return (await import('../report/graph/svg.ts')).renderSvg(graph);
  if (format === 'dot') return (await import('../report/graph/dot.ts')).renderDot(graph);
  const text = (await import('../report/graph/mermaid.ts')).renderMermaid(graph);
  if (text === undefined)
    throw new Refused(
      'too-large',
      'there are more tunnels than Mermaid draws',
      'take --changes, or --format svg',
    );
  return text;
}
