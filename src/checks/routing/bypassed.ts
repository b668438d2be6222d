// EW500: an apply would end a bypass that somebody may still need.
import { isBypassed, publicRoutes } from '../../plan/bypass.ts';
import type { Check } from '../../plan/types/check.ts';
import { finding } from '../view.ts';

export const bypassed: Check = {
  explanations: {
    EW500: {
      title: 'a tunnel is bypassed',
      why: `A node's public address is routed into its tunnel, so when the tunnel is broken the node can't be reached at all from
      home, although the internet still reaches it. edgewg bypass takes those routes out, in one apply; packets to the
      address then leave by the default route, without the tunnel. The file still wants the routes, so until they are back
      every plan and every status reports it. A tunnel that is there without a single one of its public routes looks the
      same, whoever took them out.`,
      way: 'When the tunnel works again: edgewg bypass TUNNEL --restore, or the next edgewg apply.',
    },
  },
  find: input =>
    input.site.tunnels
      .filter(tunnel => isBypassed(tunnel, input.running))
      .map(tunnel =>
        finding(input, tunnel.at, {
          code: 'EW500',
          severity: 'warning',
          message: `${tunnel.name} is bypassed: ${publicRoutes(tunnel)
            .map(({ prefix }) => prefix)
            .join(', ')} is reached directly, in clear, and this plan ends that`,
          hint: `apply it when the tunnel works again; edgewg bypass ${tunnel.name} --restore does nothing but that`,
        }),
      ),
};
