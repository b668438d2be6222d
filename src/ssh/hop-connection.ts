// One SSH connection over a byte stream: key exchange, host key, login. Ends with a client on which channels can be opened,
// or with a NoAccess that says which of these failed. Every wait has a limit, whatever the server does.
import type { Duplex } from 'node:stream';
import type { NoAccess } from '../errors.ts';
import { chooseAlgorithms } from './algorithms.ts';
import type { AuthAttempts } from './auth-attempts.ts';
import { Deadline } from './deadline.ts';
import { explainLink, type LinkState } from './failures.ts';
import { HostKeyCheck } from './host-key-check.ts';
import type { PreparedHop } from './prepared-hop.ts';
import { beginLoginAtOnce, signAtOnce } from './round-trips.ts';
import { OfferReader } from './server-offer.ts';
import { timedOut } from './socket.ts';
import { type AnyAuthMethod, type Client, type ConnectConfig, newClient } from './ssh2.ts';

export interface HopConnection {
  readonly client: Client;
  readonly hostKey: { readonly type: string; readonly fingerprint: string };
  /** Resolves when the connection is gone, with what ssh2 had to say about it. */
  readonly closed: Promise<string | undefined>;
  isClosed(): boolean;
  /** Says goodbye; resolves when that has left, whether or not the other end has heard it. */
  end(): Promise<void>;
  /** Ends it at once, without a goodbye (ssh2's own destroy does nothing after end). */
  destroy(): void;
}

const mostBannerBytes = 64 * 1024;

export function openHopConnection(
  stream: Duplex,
  prepared: PreparedHop,
  signal?: AbortSignal,
): Promise<HopConnection> {
  return new Promise((resolve, reject) => new HopOpening(stream, prepared, signal, resolve, reject).start());
}

class HopOpening {
  readonly #stream: Duplex;
  readonly #prepared: PreparedHop;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (hopConnection: HopConnection) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #client = newClient();
  readonly #deadline: Deadline;
  readonly #state: LinkState = { phase: 'greeting' };
  readonly #hostKey: HostKeyCheck;
  readonly #closed: Promise<string | undefined>;
  readonly #offer = new OfferReader();
  #gone = false;
  #settled = false;
  #lastError: string | undefined;
  #bannerBytes = 0;
  #proven: Promise<void> = Promise.resolve();
  #attempts: Promise<AuthAttempts> | undefined;
  #isSure = false;
  #served: Promise<void> | undefined;

  constructor(
    stream: Duplex,
    prepared: PreparedHop,
    signal: AbortSignal | undefined,
    resolve: (hopConnection: HopConnection) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#stream = stream;
    this.#prepared = prepared;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#hostKey = new HostKeyCheck(prepared);
    const late = () => this.#fail(timedOut(prepared.hop, this.#state.phase));
    this.#deadline = new Deadline(prepared.hop.connectTimeoutMs, late);
    this.#closed = new Promise(done => {
      const gone = () => {
        this.#gone = true;
        this.#fail(this.#explain(undefined));
        done(this.#lastError);
      };
      this.#client.once('close', gone);
      // Nothing more can come after the end; the streams above get their turn to finish first. A jump host that holds its
      // half of a forwarded stream open would keep 'close' away.
      this.#client.once('end', () => setImmediate(gone));
    });
  }

  start(): void {
    const client = this.#client;
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    client.on('error', error => this.#onError(error));
    client.on('banner', text => this.#onBanner(text));
    client.on('change password', () => this.#onError(new Error('password expired')));
    client.on('handshake', () => this.#onHandshake());
    client.on('ready', () => this.#onReady());
    try {
      this.#signal?.throwIfAborted();
      client.connect(this.#config());
      signAtOnce(client, () => this.#isSure);
      this.#stream.on('data', this.#onData);
    } catch (error) {
      this.#fail(error);
    }
  }

  #config(): ConnectConfig {
    const { hop, trust } = this.#prepared;
    const algorithms = { ...chooseAlgorithms(hop.legacy, trust), compress: ['none'] };
    return {
      sock: this.#stream,
      username: hop.user,
      ident: 'edgewg',
      readyTimeout: 0, // the deadline's business, which stands still while a person types
      keepaliveInterval: hop.keepalive.intervalMs,
      keepaliveCountMax: hop.keepalive.countMax,
      algorithms: algorithms as NonNullable<ConnectConfig['algorithms']>,
      hostVerifier: (key: Buffer): boolean => this.#onHostKey(key),
      authHandler: (left, partial, next) => {
        this.#nextTry(left, partial).then(next, error => this.#fail(error));
      },
      debug: text => this.#onDebug(text),
    };
  }

  #onDebug(text: string): void {
    if (this.#state.phase === 'login') return;
    if (text.startsWith('Remote ident')) this.#state.phase = 'key exchange';
  }

  #onHostKey(key: Buffer): boolean {
    try {
      this.#hostKey.shown(key);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #onHandshake(): void {
    // when keys are exchanged anew, nobody logs in again
    if (this.#served !== undefined) return;
    this.#state.phase = 'login';
    this.#served = beginLoginAtOnce(this.#client);
    this.#proven = this.#hostKey.proven();
    this.#stream.off('data', this.#onData);
    this.#proven.catch(error => this.#fail(error));
  }

  async #nextTry(left: readonly string[] | null, partial: boolean | null): Promise<AnyAuthMethod> {
    await this.#proven;
    this.#attempts ??= this.#prepared.login.begin({
      known: this.#hostKey.wasKnown(),
      pausedFor: question => this.#deadline.pausedFor(question),
      fail: reason => this.#fail(reason),
    });
    const attempts = await this.#attempts;
    const next = await attempts.next(left, partial);
    this.#isSure = attempts.isSure;
    // which of its signatures the server takes, it may tell as late as that
    if (attempts.isRsa) await this.#served;
    return next;
  }

  #onReady(): void {
    if (this.#settled) return;
    this.#settle();
    void this.#attempts?.then(talk => talk.succeeded());
    this.#resolve({
      client: this.#client,
      hostKey: this.#hostKey.facts(),
      closed: this.#closed,
      isClosed: () => this.#gone,
      end: () => this.#end(),
      destroy: () => this.#stream.destroy(),
    });
  }

  #end(): Promise<void> {
    return new Promise(resolve => {
      this.#stream.once('finish', resolve);
      void this.#closed.then(() => resolve());
      this.#client.end();
    });
  }

  #onBanner(text: string): void {
    this.#bannerBytes += text.length;
    if (this.#bannerBytes > mostBannerBytes) this.#onError(new Error('endless banner'));
  }

  #onError(error: Error & { level?: string }): void {
    if (error.level === 'agent') return; // one key could not sign; ssh2 goes on with the next
    this.#lastError = error.message;
    this.#fail(this.#explain(error));
  }

  readonly #onData = (chunk: Buffer): void => this.#offer.push(chunk);

  #explain(error: (Error & { level?: string }) | undefined): NoAccess {
    const { offer } = this.#offer;
    return explainLink(error, { ...this.#state, ...(offer && { offer }) }, this.#prepared);
  }

  readonly #abort = (): void => this.#fail(this.#signal?.reason);

  #settle(): void {
    this.#settled = true;
    this.#deadline.stop();
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #fail(reason: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#stream.destroy();
    this.#reject(reason);
  }
}
