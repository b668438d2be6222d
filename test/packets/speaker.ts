// MetalLB's speaker on a server, played by FRR: what its BGPPeer and BGPAdvertisement say.
import { startFrr } from './frr.ts';
import type { Server } from './world.ts';

export async function raiseSpeaker(
  server: Server,
  peer = `192.168.5.1${server.tunnel.slice(2)}`,
): Promise<void> {
  const config = `frr defaults traditional
router bgp 64513
 bgp router-id ${server.public}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${peer} remote-as 64512
 neighbor ${peer} ebgp-multihop
 neighbor ${peer} timers connect 1
`;
  await startFrr(server.machine, config, ['zebra', 'bgpd']);
}
