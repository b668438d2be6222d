// What a server offers, read from the bytes that it begins with, however they come.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lackingAmong } from '../../src/ssh/algorithms.ts';
import { type Offer, OfferReader } from '../../src/ssh/server-offer.ts';

const list = (names: readonly string[]): Buffer => {
  const text = Buffer.from(names.join(','));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
};

/** As sshd begins: lines of its own, the identification, then the first packet (RFC 4253 sections 4.2, 6 and 7.1). */
function beginning({ kex, serverHostKey, cipher, hmac }: Offer, banner = ''): Buffer {
  const lists = [kex, serverHostKey, cipher, cipher, hmac, hmac, ['none'], ['none'], [], []].map(list);
  const payload = Buffer.concat([Buffer.from([20]), Buffer.alloc(16, 7), ...lists, Buffer.alloc(5)]);
  const padding = 8 - ((payload.length + 5) % 8) + 4;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head.writeUInt8(padding, 4);
  return Buffer.concat([
    Buffer.from(`${banner}SSH-2.0-OpenSSH_6.6.1\r\n`),
    head,
    payload,
    Buffer.alloc(padding),
  ]);
}

const old: Offer = {
  kex: ['diffie-hellman-group1-sha1', 'diffie-hellman-group14-sha1'],
  serverHostKey: ['ssh-dss', 'ssh-rsa'],
  cipher: ['aes128-cbc'],
  hmac: ['hmac-md5'],
};

describe("a server's offer", () => {
  it('is read from pieces of any length, behind lines of its own', () => {
    const bytes = beginning(old, 'no entry\r\nwithout a permit\r\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), sizes => {
        const reader = new OfferReader();
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          reader.push(bytes.subarray(at, at + size));
          at += size;
        }
        assert.deepEqual(reader.offer, old);
      }),
    );
  });

  it('is nothing where something else comes, and takes no more memory then', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        const reader = new OfferReader();
        reader.push(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), bytes]));
        reader.push(Buffer.alloc(70_000));
        reader.push(beginning(old));
        assert.equal(reader.offer, undefined);
      }),
    );
  });

  it('lacks every kind at once, and the best of each is the remedy', () => {
    assert.deepEqual(
      lackingAmong(old, []).map(({ kind, remedy }) => [kind, remedy]),
      [
        ['kex', 'diffie-hellman-group14-sha1'],
        ['serverHostKey', 'ssh-rsa'],
        ['cipher', 'aes128-cbc'],
        ['hmac', 'hmac-md5'],
      ],
    );
    assert.deepEqual(
      lackingAmong(old, ['diffie-hellman-group14-sha1', 'ssh-rsa', 'aes128-cbc', 'hmac-md5']),
      [],
    );
  });

  it('needs no MAC beside a cipher that brings its own', () => {
    const sealed = { ...old, cipher: ['aes128-gcm@openssh.com'] };
    assert.deepEqual(
      lackingAmong(sealed, []).map(({ kind }) => kind),
      ['kex', 'serverHostKey'],
    );
  });
});
