// The servers' side: the rendered files as they are, installed where they say and started by wg-quick and FRR.
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

/** The files below etc/wireguard and etc/frr; there must be no others, since only those folders are a machine's own. */
function rendered(nodes: string, server: Server): { path: string; text: string }[] {
  const root = join(nodes, server.name);
  const all = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return all.map(entry => {
    const path = join(entry.parentPath, entry.name);
    const place = path.slice(root.length);
    assert.match(place, /^\/etc\/(wireguard|frr)\/[\w.]+$/);
    return { path: place, text: readFileSync(path, 'utf8') };
  });
}

/** `change`: what a test wants to be otherwise; by default the files are as they are. */
export async function raiseNode(
  server: Server,
  nodes: string,
  key: KeyPair,
  change = (text: string): string => text,
): Promise<void> {
  const files = rendered(nodes, server);
  for (const { path, text } of files) server.machine.write(path, change(text));
  // the script makes the key where it is missing; here the site file knows its public half already
  server.machine.write('/etc/wireguard/wg0.key', key.private);
  server.machine.run(['wg-quick', 'up', 'wg0']);
  const frr = files.find(({ path }) => path === '/etc/frr/frr.conf');
  assert.ok(frr);
  await startFrr(server.machine, change(frr.text), ['zebra', 'bgpd']);
}
