// Endpoints that are names.
import type { Rule } from './rule.ts';

/** There is nothing to look up where there is no name, and no other end that a router could call. */
export const resolveOfName: Rule = ({ site, report, isMissing }) => {
  for (const { at, endpoint, resolve } of site.tunnels.flatMap(tunnel => tunnel.peers)) {
    if (resolve === undefined || (endpoint !== undefined && endpoint.family === undefined)) continue;
    if (endpoint === undefined && !isMissing([...at, 'endpoint'])) continue;
    report([...at, 'resolve'], {
      code: 'no-name',
      message:
        endpoint === undefined ? 'there is no endpoint to look up' : 'the endpoint is an address, not a name',
      hint: 'leave resolve out, or write the endpoint as name:port',
    });
  }
};
