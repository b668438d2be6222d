// One SSH connection over a byte stream: key exchange, host key, login. Ends with a client on which channels can be opened,
// or with a NoAccess that says which of these failed. Every wait has a limit, whatever the server does.
import type { Duplex } from 'node:stream';
import { chooseAlgorithms } from './algorithms.ts';
import type { Conversation } from './conversation.ts';
import { Deadline } from './deadline.ts';
import { explainLink, type LinkState } from './failures.ts';
import type { Hop } from './hop.ts';
import { fingerprint, keyType } from './known-hosts.ts';
import type { Login } from './login.ts';
import { timedOut } from './socket.ts';
import { type AnyAuthMethod, type Client, type ConnectConfig, newClient } from './ssh2.ts';
import { judgeHostKey, type Trust, unknownKey } from './trust.ts';

export interface Link {
  readonly client: Client;
  readonly hostKey: { readonly type: string; readonly fingerprint: string };
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  isClosed(): boolean;
}

export interface LinkParts {
  readonly hop: Hop;
  readonly trust: Trust;
  readonly login: Login;
  /** Called with a key of which nothing was known, once the server has proven that it has it. */
  learn(key: Buffer): Promise<void>;
  readonly signal: AbortSignal | undefined;
}

const mostBannerBytes = 64 * 1024;

export function openLink(stream: Duplex, parts: LinkParts): Promise<Link> {
  return new Promise((resolve, reject) => new LinkOpening(stream, parts, resolve, reject).start());
}

class LinkOpening {
  readonly #stream: Duplex;
  readonly #parts: LinkParts;
  readonly #client = newClient();
  readonly #resolve: (link: Link) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #deadline: Deadline;
  readonly #state: LinkState = { phase: 'greeting', offered: {} };
  readonly #closed: Promise<void>;
  #settled = false;
  #key: Buffer | undefined;
  #known = true;
  #bannerBytes = 0;
  #learned: Promise<void> = Promise.resolve();
  #talk: Promise<Conversation> | undefined;
  #gone = false;

  constructor(
    stream: Duplex,
    parts: LinkParts,
    resolve: (link: Link) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#stream = stream;
    this.#parts = parts;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = new Deadline(parts.hop.connectTimeoutMs, () =>
      this.#fail(timedOut(parts.hop, during[this.#state.phase])),
    );
    this.#closed = new Promise(done =>
      this.#client.once('close', () => {
        this.#gone = true;
        done();
      }),
    );
  }

  start(): void {
    const { hop, signal } = this.#parts;
    const client = this.#client;
    signal?.addEventListener('abort', this.#abort, { once: true });
    client.on('error', error => this.#onError(error));
    client.on('close', () => this.#fail(explainLink(undefined, this.#state, hop)));
    client.on('banner', text => this.#onBanner(text));
    client.on('change password', () => this.#onError(new Error('password expired')));
    client.on('handshake', () => this.#onHandshake());
    client.on('ready', () => this.#onReady());
    try {
      signal?.throwIfAborted();
      client.connect(this.#config());
    } catch (error) {
      this.#fail(error);
    }
  }

  #config(): ConnectConfig {
    const { hop, trust } = this.#parts;
    return {
      sock: this.#stream,
      username: hop.user,
      ident: 'edgewg',
      readyTimeout: 0, // the deadline's business, which stands still while a person types
      keepaliveInterval: hop.keepalive.intervalMs,
      keepaliveCountMax: hop.keepalive.countMax,
      algorithms: { ...chooseAlgorithms(hop.legacy, trust), compress: ['none'] } as NonNullable<
        ConnectConfig['algorithms']
      >,
      hostVerifier: (key: Buffer): boolean => this.#onHostKey(key),
      authHandler: (left, partial, next) =>
        void this.#nextTry(left, partial).then(next, error => this.#fail(error)),
      debug: text => this.#onDebug(text),
    };
  }

  /** The only place where ssh2 tells what the server had to offer. */
  #onDebug(text: string): void {
    if (this.#state.phase !== 'greeting' && this.#state.phase !== 'key exchange') return;
    if (text.startsWith('Remote ident')) this.#state.phase = 'key exchange';
    const match = /^Handshake: \(remote\) ([^:]+): (.*)$/.exec(text);
    if (match?.[1] !== undefined && match[2] !== undefined)
      this.#state.offered[match[1]] = match[2].split(',');
  }

  #onHostKey(key: Buffer): boolean {
    const { hop, trust } = this.#parts;
    if (this.#key !== undefined) return this.#key.equals(key); // a later key exchange must show the same one
    try {
      this.#known = judgeHostKey(key, trust, hop) === 'known';
      if (!this.#known && !hop.trust.acceptNew) throw unknownKey(key, hop);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#key = key;
    return true;
  }

  /** The server has signed with its key: what was accepted unseen may be written down now. */
  #onHandshake(): void {
    this.#state.phase = 'login';
    if (this.#known || this.#key === undefined) return;
    const key = this.#key;
    this.#known = true;
    this.#learned = this.#parts.learn(key).finally(() => {
      this.#known = false;
    });
    this.#learned.catch(error => this.#fail(error));
  }

  async #nextTry(left: readonly string[] | null, partial: boolean | null): Promise<AnyAuthMethod> {
    await this.#learned;
    this.#talk ??= this.#parts.login.begin({
      known: this.#known,
      pausedFor: question => this.#deadline.pausedFor(question),
    });
    return (await this.#talk).next(left, partial);
  }

  #onReady(): void {
    const key = this.#key;
    if (this.#settled || key === undefined) return;
    this.#settle();
    void this.#talk?.then(talk => talk.succeeded());
    const hostKey = { type: keyType(key) ?? '', fingerprint: fingerprint(key) };
    this.#resolve({ client: this.#client, hostKey, closed: this.#closed, isClosed: () => this.#gone });
  }

  #onBanner(text: string): void {
    this.#bannerBytes += text.length;
    if (this.#bannerBytes > mostBannerBytes) this.#onError(new Error('endless banner'));
  }

  #onError(error: Error & { level?: string }): void {
    if (error.level === 'agent') return; // one key could not sign; ssh2 goes on with the next
    this.#fail(explainLink(error, this.#state, this.#parts.hop));
  }

  readonly #abort = (): void => this.#fail(this.#parts.signal?.reason);

  #settle(): void {
    this.#settled = true;
    this.#deadline.stop();
    this.#parts.signal?.removeEventListener('abort', this.#abort);
  }

  #fail(reason: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#client.on('error', () => {});
    this.#client.destroy();
    this.#stream.destroy();
    this.#reject(reason);
  }
}

const during: Record<LinkState['phase'], string> = {
  greeting: 'saying hello',
  'key exchange': 'exchanging keys',
  login: 'logging in',
};
