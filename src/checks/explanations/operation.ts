// The stories of what people do to a router between two applies.
import type { Story } from '../explain.ts';

export const operationStories: Readonly<Record<string, Story>> = {
  EW500: {
    title: 'a tunnel is bypassed',
    why: `A node's public address is routed into its tunnel, so when the tunnel is broken the node can't be reached at all from
      home, although the internet still reaches it. edgewg bypass takes those routes out, in one apply; packets to the
      address then leave by the default route, without the tunnel. The file still wants the routes, so until they are back
      every plan and every status tells of it. A tunnel that is there without a single one of its public routes looks the
      same, whoever took them out.`,
    way: 'When the tunnel works again: edgewg bypass TUNNEL --restore, or the next edgewg apply.',
  },
};
