// The channels of one connection. A command whose channel was opened ahead need not wait for it, which over a long line is a round trip.
// A server may open fewer (MaxSessions of sshd): then the command opens its own when it is there. One that is opened ahead is never in the
// way of another: whichever command comes next gets it. It ends with the connection, and nothing runs in it on the other side.
import { setTimeout } from 'node:timers/promises';
import type { HopConnection } from './hop-connection.ts';
import { isOpen, openSession } from './round-trips.ts';
import type { ClientChannel } from './ssh2.ts';

export class Channels {
  readonly #connection: HopConnection;
  readonly #ahead: Promise<ClientChannel | undefined>[];

  /** `ahead`: how many are opened now, for the commands that will come first. */
  constructor(connection: HopConnection, ahead: number) {
    this.#connection = connection;
    // one that is refused is missed by nobody
    this.#ahead = Array.from({ length: ahead }, () => this.#open().catch(() => undefined));
  }

  /**
   * One in which nothing runs yet; undefined when it is no longer wanted. Rejects with what the server says that opens none. Settles
   * perhaps never when the connection is gone, which `closed` tells.
   */
  async take(isWanted: () => boolean): Promise<ClientChannel | undefined> {
    const ahead = await this.#ahead.shift();
    if (ahead !== undefined && isOpen(ahead)) return ahead;
    for (let tries = 1; isWanted(); tries++)
      try {
        return await this.#open();
      } catch (error) {
        if (!isFull(error) || tries === mostTries) throw error;
        await setTimeout(tries * 20);
      }
    return undefined;
  }

  #open(): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      try {
        openSession(this.#connection.client, (error, channel) => (error ? reject(error) : resolve(channel)));
      } catch {
        // ssh2 throws when the socket has just closed
      }
    });
  }
}

/** For two seconds and a half: with MaxSessions 1 sshd refuses a channel for some milliseconds after it has closed the one before. */
const mostTries = 16;
const isFull = (error: unknown): boolean => (error as Error).message.includes('Channel open failure');
