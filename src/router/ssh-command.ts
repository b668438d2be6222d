// A key that may do nothing but read: its line of authorized_keys, with the read script as forced command. A line has no line breaks
// and old sshd take 8 KB of it, so the script is packed; what runs is the very text that `plan` sends.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Refused } from '../errors.ts';
import { readScript } from './scripts.ts';

/** SHA-256, hex, of the read script. */
export function readScriptDigest(): string {
  return createHash('sha256').update(readScript()).digest('hex');
}

/** What sshd runs in place of whatever is asked for; holds no quote but the two pairs around $( ). */
function forcedCommand(): string {
  const packed = gzipSync(readScript(), { level: 9 }).toString('base64');
  return `exec bash -c "$(echo ${packed} | base64 -d | gunzip)"`;
}

/** `restrict` takes away terminal, forwarding and agent (OpenSSH 7.2). `publicKey` is `ssh-ed25519 AAAA… comment`. */
export function authorizedKeysLine(publicKey: string): string {
  return `restrict,command="${forcedCommand().replaceAll('"', '\\"')}" ${publicKey}`;
}

/** The one key of a .pub file. Throws {@link Refused}. */
export function parsePublicKey(text: string, name: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const hint = 'name the .pub file that ssh-keygen made';
  if (text.includes('PRIVATE KEY')) throw new Refused('public-key', `${name} is a private key`, hint);
  const [line = ''] = lines;
  const found = /^((?:ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,3})(?:[ \t]+([!-~ ]*))?\r?$/.exec(line);
  if (lines.length !== 1 || found === null)
    throw new Refused('public-key', `${name} is no public SSH key: one line, type and key`, hint);
  return [found[1], found[2]?.trim()].filter(part => part !== undefined && part !== '').join(' ');
}
