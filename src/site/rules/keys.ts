// Keys among each other. The same peer on two tunnels is no mistake in itself: each tunnel has a private key of its own
// (that is a rule here), so the peer sees two partners and tells them apart.
import type { KeySource } from '../site.ts';
import { eachDuplicate, type Placed, type Rule } from './rule.ts';

export const uniquePeerKeys: Rule = context => {
  for (const { name, peers } of context.site.tunnels)
    eachDuplicate(
      context,
      peers,
      peer => peer.publicKey,
      (peer, first) =>
        context.report([...peer.at, 'publicKey'], {
          code: 'duplicate-public-key',
          message: `this is the key of ${first.name}${context.line([...first.at, 'publicKey'])} on ${name} already`,
          hint: 'an interface knows a peer by its key: give each peer its own, or join the two',
        }),
    );
};

interface Use extends Placed {
  readonly source: KeySource;
  readonly of: string;
}

/** A private key belongs to one interface, and is nobody's preshared key. Preshared keys may be shared. */
export const uniqueKeySources: Rule = context => {
  const { site, report, line } = context;
  const privateKeys: Use[] = site.tunnels.flatMap(({ name, at, privateKey }) =>
    privateKey === undefined ? [] : [{ at: [...at, 'privateKey'], source: privateKey, of: name }],
  );
  const text = (use: Use): string => JSON.stringify(use.source);
  eachDuplicate(context, privateKeys, text, (use, first) =>
    report(use.at, {
      code: 'shared-key',
      message: `this is also the private key of ${first.of}${line(first.at)}`,
      hint: 'give each tunnel a key of its own',
    }),
  );
  const owners = new Map(privateKeys.map(use => [text(use), use]));
  for (const { presharedKey, at } of site.tunnels.flatMap(tunnel => tunnel.peers)) {
    const owner = presharedKey && owners.get(JSON.stringify(presharedKey));
    if (owner !== undefined)
      report([...at, 'presharedKey'], {
        code: 'shared-key',
        message: `this is the private key of ${owner.of}${line(owner.at)}`,
        hint: 'make a key of its own with `wg genpsk`',
      });
  }
};
