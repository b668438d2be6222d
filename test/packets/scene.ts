// The whole of it: a router as the lab committed it, and two servers with their end of the tunnels.
import { type KeyPair, makeKeyPair, raiseNode } from './cluster.ts';
import { blogSite, type Committed, commit } from './committed.ts';
import type { Meaning } from './interpret.ts';
import { raiseRouter } from './router.ts';
import { makeWorld, type Server, type World } from './world.ts';

/** A site file that the lab committed, and the servers' keys. One for each kind of uplink. */
export interface Agreed {
  readonly committed: Committed;
  readonly keys: Readonly<Record<Server['name'], KeyPair>>;
  readonly uplink: 'eth9' | 'pppoe0';
  readonly mtu: { readonly uplink: number; readonly tunnel: number };
}

export interface Scene extends World {
  readonly meaning: Meaning;
  readonly agreed: Agreed;
}

const agreements = new Map<Agreed['uplink'], Promise<Agreed>>();

export function agree(uplink: Agreed['uplink'] = 'eth9'): Promise<Agreed> {
  const agreed = agreements.get(uplink) ?? commitOver(uplink);
  agreements.set(uplink, agreed);
  return agreed;
}

async function commitOver(uplink: Agreed['uplink']): Promise<Agreed> {
  const keys = { srv4: makeKeyPair(), srv5: makeKeyPair() };
  const site = blogSite({ srv4: keys.srv4.public, srv5: keys.srv5.public });
  if (uplink === 'eth9') {
    const committed = await commit('fixtures/blog/router.boot', site);
    return { committed, keys, uplink, mtu: { uplink: 1500, tunnel: 1420 } };
  }
  const committed = await commit('fixtures/blog/router-pppoe.boot', site.replace('mtu: 1500', 'mtu: 1492'));
  return { committed, keys, uplink, mtu: { uplink: 1492, tunnel: 1412 } };
}

/** `start`: how the servers' side comes up; by default as wg-quick and FRR do it. */
export async function raise(
  agreed: Agreed,
  start = (server: Server): Promise<void> =>
    raiseNode(server, agreed.committed.nodes, agreed.keys[server.name]),
): Promise<Scene> {
  const world = await makeWorld(agreed.uplink, agreed.mtu.uplink);
  try {
    const meaning = await raiseRouter(world, agreed.committed.tree, agreed.committed.root);
    for (const server of world.servers) await start(server);
    return { ...world, meaning, agreed };
  } catch (error) {
    await world.stop();
    throw error;
  }
}
