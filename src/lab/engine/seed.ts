// The configuration that a lab starts from, and what else of the router it tells: how many ports it has, and which files
// must lie there for it to come into force.

import { Refused } from '../../errors.ts';
import { parseCommands } from '../../vyatta/commands.ts';
import { UnreadableText } from '../../vyatta/source.ts';
import { generateKeyPair, generatePresharedKey } from '../../wireguard/key.ts';
import { at, type ConfigNode, valueAt } from './config.ts';
import { learnWritten, writtenFrom } from './learn.ts';
import { readWritten, UnreadableConfig, understand, type Written } from './parse.ts';
import { putStandIns } from './stand-ins.ts';
import type { Template } from './template.ts';

/** The seed's configuration; `templates` learn what they didn't know of it. Throws an error that says what is wrong. */
export function readSeed(text: string, templates: Template): ConfigNode {
  try {
    const written = writtenOf(text, templates);
    learnWritten(templates, written);
    return understand(templates, written).config;
  } catch (error) {
    if (error instanceof UnreadableConfig || error instanceof UnreadableText || error instanceof RangeError)
      throw new Refused(
        'lab-seed',
        `the seed is no configuration: ${error.message.trim()}`,
        'give a config.boot, `show configuration commands`, or what `edgewg snapshot` wrote',
        error,
      );
    throw error;
  }
}

/** A seed is config.boot, or what `show configuration commands` printed. */
function writtenOf(text: string, templates: Template): Written[] {
  const isCommands = /^\s*(#.*\n\s*)*(set|comment) /.test(text);
  if (!isCommands) return readWritten(text);
  const tree = parseCommands(text);
  putStandIns(tree);
  return writtenFrom(tree, templates);
}

const usualPorts = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4'];

/** The ports of a model that has all that the seed configures. */
export function portsOf(seed: ConfigNode): string[] {
  const configured = at(seed, ['interfaces', 'ethernet'])?.children.keys() ?? [];
  return [...new Set([...usualPorts, ...configured])];
}

/** A fresh key for each key file below /config that the seed's tunnels name. */
export function keyFilesOf(seed: ConfigNode): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (path: string | undefined, key: () => string): void => {
    if (path?.startsWith('/config/') && !path.split('/').includes('..')) files[path] = `${key()}\n`;
  };
  for (const link of at(seed, ['interfaces', 'wireguard'])?.children.values() ?? []) {
    add(valueAt(link, ['private-key']), () => generateKeyPair().privateKey.reveal());
    for (const peer of at(link, ['peer'])?.children.values() ?? [])
      add(valueAt(peer, ['preshared-key']), () => generatePresharedKey().reveal());
  }
  return files;
}
