// A lab router for tests, with a way in: one call starts both.
import { readFileSync } from 'node:fs';
import type { Answer, Call } from '../../src/lab/call.ts';
import type { EngineOptions } from '../../src/lab/engine/engine.ts';
import { createRouter, type LabRouter } from '../../src/lab/engine/router.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { type Access, type Dialer, resolveTarget, systemAccess } from '../../src/ssh/connection.ts';
import { failuresOf } from './failures.ts';

/** The configuration from which the recordings start. */
export const baseBoot = readFileSync(
  new URL('../../../fixtures/transcripts/base.boot', import.meta.url),
  'utf8',
);

export interface TestRouter {
  readonly lab: Lab;
  readonly router: LabRouter;
  readonly access: Access;
  readonly dialer: Dialer;
}

/** Sees each call of the router's programs before it is answered; what it resolves to is the answer in its place. */
export type Spoil = (call: Call) => Promise<Answer | undefined>;

/** `boot` is its config.boot, the recordings' by default. Close `lab` when done. */
export async function startRouter(
  options: Omit<EngineOptions, 'surroundings'> = {},
  boot = baseBoot,
  spoil: Spoil = async () => undefined,
): Promise<TestRouter> {
  let router: LabRouter | undefined;
  let lab: Lab | undefined;
  const faults = failuresOf(() => lab);
  lab = await startLab({
    seed: boot,
    makeRouter: surroundings => {
      const made = createRouter({ faults, ...options, surroundings });
      router = made;
      const call = async (asked: Call): Promise<Answer> => (await spoil(asked)) ?? (await made.call(asked));
      return { boot: () => made.boot(), halt: () => made.halt(), call };
    },
  });
  if (router === undefined) throw new Error('the lab made no router');
  const access = accessTo(lab);
  const dialer = await resolveTarget(
    { host: lab.host, port: lab.port, user: lab.user, legacyAlgorithms: [] },
    access,
  );
  return { lab, router, access, dialer };
}

/** By password, with the host key told beforehand; nothing of this machine's own files. */
function accessTo(lab: Lab): Access {
  const terminal = { input: { isTTY: false }, output: { isTTY: false } };
  return systemAccess({
    env: {
      HOME: '/nonexistent',
      EDGEWG_HOST_KEY: lab.hostKeyLine.split(' ').slice(1).join(' '),
      EDGEWG_PASSWORD: lab.password,
    },
    terminal: terminal as unknown as Parameters<typeof systemAccess>[0]['terminal'],
    acceptNewHostKey: false,
    notice: () => undefined,
  });
}
