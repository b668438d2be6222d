// The servers' side: the rendered files as they are, installed where they say and started by what they are made for.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFrr } from './frr.ts';
import type { Server } from './world.ts';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

export function makeKeyPair(): KeyPair {
  const secret = execFileSync('wg', ['genkey'], { encoding: 'utf8' });
  const half = execFileSync('wg', ['pubkey'], { input: secret, encoding: 'utf8' });
  return { private: secret, public: half.trim() };
}

/** Files below a folder, by their place in it as if that were `/`. */
export function filesBelow(root: string): Map<string, string> {
  const all = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return new Map(
    all.map(entry => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(root.length), readFileSync(path, 'utf8')];
    }),
  );
}

/** A server's files by their place on it. There may be none outside `folders`, since only those are a machine's own. */
export function renderedFor(nodes: string, server: Server, folders: readonly string[]): Map<string, string> {
  const files = filesBelow(join(nodes, server.name));
  for (const place of files.keys())
    assert.ok(
      folders.some(folder => place.startsWith(folder)),
      place,
    );
  return files;
}

/** By wg-quick and FRR. `change`: what a test wants to be otherwise; by default the files are as they are. */
export async function raiseNode(
  server: Server,
  nodes: string,
  key: KeyPair,
  change = (text: string): string => text,
): Promise<void> {
  const files = renderedFor(nodes, server, ['/etc/wireguard/', '/etc/frr/', '/etc/systemd/']);
  for (const [path, text] of files)
    if (!path.startsWith('/etc/systemd/')) server.machine.write(path, change(text));
  // the script makes the key where it is missing; here the site file knows its public half already
  server.machine.write('/etc/wireguard/wg0.key', key.private);
  server.machine.run(['wg-quick', 'up', 'wg0']);
  const frr = files.get('/etc/frr/frr.conf');
  assert.ok(frr);
  await startFrr(server.machine, change(frr), ['zebra', 'bgpd']);
}
