// Carries out what a finding's fix asks for: other values in the text of a site file, or commands on a configuration.
import { parseDocument } from 'yaml';
import type { Fix } from '../../src/plan/types/plan.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { isMulti, lookup } from '../../src/vyatta/nodes.ts';
import type { Path, Tree } from '../../src/vyatta/tree.ts';
import { printCommand } from '../../src/vyatta/words.ts';

export interface Case {
  readonly site: string;
  readonly running: Tree;
}

export function fixed({ site, running }: Case, fix: Fix): Case {
  if (fix.kind === 'site') {
    const document = parseDocument(site);
    for (const { path, value } of fix.edits)
      if (value === null) document.deleteIn(path);
      else document.setIn(path, document.createNode(value));
    return { site: document.toString({ lineWidth: 0 }), running };
  }
  // a leaf of one value has the new one alone
  let lines = printCommands(running, isMulti).split('\n');
  for (const { op, path } of fix.commands) {
    const command = printCommand('set', path);
    const above = `${printCommand('set', path.slice(0, -1))} `;
    if (op !== 'set') lines = lines.filter(line => !`${line} `.startsWith(`${command} `));
    else lines = [...lines.filter(line => !isSingle(path) || !line.startsWith(above)), command];
  }
  return { site, running: parseCommands(lines.join('\n')) };
}

const isSingle = (path: Path): boolean =>
  path[0] === 'system' || lookup(path.slice(0, -1))?.node.kind === 'leaf';
