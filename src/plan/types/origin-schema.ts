// How an origin is read back, from a snapshot or a saved plan: apart, since no plan of a router needs it (scripts/bundle.mjs).
import * as z from 'zod';

/** SHA-256 of what the router's filter shows of a configuration; the number before it is the filter's (router/scripts/secrets.sh), the first had none. */
export const digestShape = /^([23]:)?[0-9a-f]{64}$/;

export const originSchema = z.object({
  kind: z.enum(['router', 'snapshot', 'file']),
  /** By the router's clock, ISO 8601 in UTC. */
  time: z.iso.datetime().exactOptional(),
  /** The EdgeOS release. */
  version: z.string().exactOptional(),
  /** Of the configuration, as in a plan's running_digest. */
  digest: z.string().regex(digestShape).exactOptional(),
  /** The newest commits that were known then, the newest first, without their numbers, which move. */
  commits: z.array(z.string()).exactOptional(),
});
