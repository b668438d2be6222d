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

/** What `restrict` takes away, by names that every sshd knows: EdgeOS 1 has one from before OpenSSH 7.2, which rejects that word. */
const nothingElse = 'no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty,no-user-rc';

/** An sshd before OpenSSH 8.0 leaves out a line that is as long. */
const tooLong = 8192;

/** `publicKey` is `ssh-ed25519 AAAA… comment`. Throws {@link Refused} where the line would be too long for an old sshd. */
export function authorizedKeysLine(publicKey: string): string {
  const line = `${nothingElse},command="${forcedCommand().replaceAll('"', '\\"')}" ${publicKey}`;
  const bytes = Buffer.byteLength(line);
  if (bytes < tooLong) return line;
  throw new Refused(
    'public-key',
    `with this key the line has ${bytes} bytes, and the sshd of EdgeOS 1 and 2 leaves out lines of ${tooLong} and more`,
    'take an Ed25519 key (ssh-keygen -t ed25519), with a short comment',
  );
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
