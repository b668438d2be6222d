// What a server offers in its first key exchange packet, which goes over the line in clear (RFC 4253 section 7.1). ssh2 tells the first kind of
// algorithm that doesn't match; whoever has to allow an old server's wants to know of all kinds at once.

/** What the two ends have to agree on. */
export type Kind = 'kex' | 'serverHostKey' | 'cipher' | 'hmac';
export type Offer = Readonly<Record<Kind, readonly string[]>>;

const keyExchangeInit = 20;
const cookieBytes = 16;
/** RFC 4253 section 6.1: no packet of the beginning is larger; the lines before the identification are a server's own. */
const mostBytes = 64 * 1024;

/** Bytes of the server, as they come. */
export class OfferReader {
  #bytes = Buffer.alloc(0);
  #isOver = false;
  /** Undefined until the packet has come; for good where what came first was something else. */
  offer: Offer | undefined;

  push(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const packet = packetBehindIdentification(this.#bytes);
    if (packet === undefined && this.#bytes.length < mostBytes) return;
    this.offer = packet === undefined ? undefined : parseOffer(packet);
    this.#isOver = true;
    this.#bytes = Buffer.alloc(0);
  }
}

/** The payload of the first packet, when all of it is there. */
function packetBehindIdentification(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString('latin1');
  const found = /(?:^|\n)SSH-[^\n]*\n/.exec(text);
  if (found === null) return undefined;
  const at = found.index + found[0].length;
  if (bytes.length < at + 5) return undefined;
  const length = bytes.readUInt32BE(at);
  const padding = bytes.readUInt8(at + 4);
  const end = at + 4 + length;
  return length < padding + 1 || bytes.length < end ? undefined : bytes.subarray(at + 5, end - padding);
}

/** Undefined for a packet of another kind, or one that ends too early. */
function parseOffer(payload: Buffer): Offer | undefined {
  if (payload[0] !== keyExchangeInit) return undefined;
  const lists: string[][] = [];
  for (let at = 1 + cookieBytes; lists.length < 6; ) {
    if (payload.length < at + 4) return undefined;
    const end = at + 4 + payload.readUInt32BE(at);
    if (payload.length < end) return undefined;
    lists.push(payload.toString('latin1', at + 4, end).split(','));
    at = end;
  }
  const [kex = [], serverHostKey = [], cipher = [], , hmac = []] = lists;
  return { kex, serverHostKey, cipher, hmac };
}
