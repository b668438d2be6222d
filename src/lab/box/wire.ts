// The frames that the lab and the processes inside the box exchange; the other half is files/wire.pl, which says how they
// look. Knows nothing of what they mean.
import type { Duplex } from 'node:stream';

export interface Frame {
  readonly letter: string;
  /** A channel or a request. */
  readonly id: number;
  readonly payload: Buffer;
}

const headLength = 9;
/** No frame that the box's processes send comes near this; a length beyond it is somebody else's bytes. */
const longest = 1 << 28;

export function frame(letter: string, id: number, payload: Uint8Array | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(headLength - 4 + body.length, 0);
  head.write(letter, 4, 'latin1');
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, body]);
}

/** Several values in one payload. */
export function valuesOf(values: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    values.flatMap(value => {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length, 0);
      return [length, bytes];
    }),
  );
}

export function valuesIn(payload: Buffer): Buffer[] {
  const values: Buffer[] = [];
  for (let at = 0; at + 4 <= payload.length; ) {
    const end = at + 4 + payload.readUInt32BE(at);
    values.push(payload.subarray(at + 4, end));
    at = end;
  }
  return values;
}

/** Calls `take` for every frame that arrives on the stream; a stream that speaks something else is destroyed. */
export function onFrames(stream: Duplex, take: (frame: Frame) => void): void {
  let parts: Buffer[] = [];
  let have = 0;
  let need = headLength;
  stream.on('data', (data: Buffer) => {
    parts.push(data);
    have += data.length;
    if (have < need) return;
    let buffer = parts.length === 1 ? data : Buffer.concat(parts);
    while (buffer.length >= headLength) {
      const end = 4 + buffer.readUInt32BE(0);
      need = Math.max(end, headLength);
      if (end > longest) return void stream.destroy();
      if (buffer.length < end) break;
      take({
        letter: buffer.toString('latin1', 4, 5),
        id: buffer.readUInt32BE(5),
        payload: buffer.subarray(headLength, end),
      });
      buffer = buffer.subarray(end);
    }
    if (buffer.length < headLength) need = headLength;
    parts = [buffer];
    have = buffer.length;
  });
}
