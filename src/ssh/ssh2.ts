// The one import of ssh2 in edgewg proper (the lab has its server side): what of it is used, and nothing else.
import ssh2 from 'ssh2';

export type {
  AnyAuthMethod,
  Client,
  ClientChannel,
  ConnectConfig,
  KeyboardInteractiveAuthMethod,
  ParsedKey,
  Prompt,
} from 'ssh2';

export const { BaseAgent, OpenSSHAgent } = ssh2;
export const { parseKey } = ssh2.utils;

/** A client that has not connected yet. */
export function newClient(): ssh2.Client {
  return new ssh2.Client();
}
