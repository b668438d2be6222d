// Setting an endpoint as `wg set` does: a name is resolved once, and for a minute and more when that fails, which holds
// the commit lock (docs/edgeos.md 'Endpoints'; interactive/06b).
import { isIP } from 'node:net';
import { fine, type Outcome } from '../action.ts';
import type { World } from '../world.ts';

/** Calls `use` with `address:port` or `[address]:port` in wg's own form. */
export async function endpointOutcome(
  world: World,
  endpoint: string,
  use: (address: string) => void,
): Promise<Outcome> {
  const parts = /^\[([^\]]+)\]:(\d+)$/.exec(endpoint) ?? /^([^:]+):(\d+)$/.exec(endpoint);
  const [, host = '', port = ''] = parts ?? [];
  if (parts === null && !endpoint.includes(':'))
    return { ok: false, said: `Unable to find port of endpoint: \`${endpoint}'\n` };
  if (isIP(host) !== 0 && Number(port) > 0 && Number(port) <= 65535) {
    use(isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`);
    return fine;
  }
  const found =
    parts === null ? { problem: 'Servname not supported for ai_socktype' } : await world.resolve(host);
  if ('address' in found) {
    use(isIP(found.address) === 6 ? `[${found.address}]:${port}` : `${found.address}:${port}`);
    return fine;
  }
  return retry(world, endpoint, found.problem);
}

/** What `wg` prints while it tries again, each time a fifth longer, fifteen times. */
async function retry(world: World, endpoint: string, problem: string): Promise<Outcome> {
  let said = '';
  let pause = 1000;
  for (let i = 0; i < 15; i++) {
    said += `${problem}: \`${endpoint}'. Trying again in ${(pause / 1000).toFixed(2)} seconds...\n`;
    await world.sleep(pause);
    pause *= 1.2;
  }
  return { ok: false, said: `${said}${problem}: \`${endpoint}'\n` };
}
