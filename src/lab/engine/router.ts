// The router as the box sees it: one call in, one answer out.
import type { Answer, Call, Router } from '../call.ts';
import { routerTemplates } from './behaviour/all.ts';
import { boot } from './boot.ts';
import { ConfigNode } from './config.ts';
import { Engine, type EngineOptions, type PeerUp } from './engine.ts';
import { adoptLearned } from './learn.ts';
import { load } from './load.ts';
import { complaint, said } from './programs/answers.ts';
import { cfgWrapper } from './programs/cfg-wrapper.ts';
import { configMgmt } from './programs/config-mgmt.ts';
import { myProgram, sessionIdOf } from './programs/edits.ts';
import { ip } from './programs/ip.ts';
import { iptablesSave } from './programs/iptables-save.ts';
import { opWrapper } from './programs/op.ts';
import { shellApi } from './programs/shell-api.ts';
import { dpkgQuery, labCheck, ping, ubntHal } from './programs/small.ts';
import { wg } from './programs/wg.ts';
import { usualRelease } from './release.ts';
import { save, savedText } from './save.ts';
import { keyFilesOf, portsOf, readSeed } from './seed.ts';
import type { Template } from './template.ts';

type Program = (engine: Engine, call: Call) => Answer | Promise<Answer>;

const programs: Readonly<Record<string, Program>> = {
  'vyatta-cfg-cmd-wrapper': cfgWrapper,
  'vyatta-op-cmd-wrapper': opWrapper,
  'cli-shell-api': shellApi,
  my_set: myProgram,
  my_delete: myProgram,
  my_comment: myProgram,
  my_move: myProgram,
  my_rename: myProgram,
  my_copy: myProgram,
  my_commit: myProgram,
  my_discard: myProgram,
  'vyatta-save-config.pl': (engine, call) => save(engine, call, call.args),
  'vyatta-load-config.pl': (engine, call) => load(engine, call, engine.session(sessionIdOf(call)), call.args),
  'vyatta-config-mgmt.pl': configMgmt,
  wg,
  ip,
  'iptables-save': iptablesSave,
  'ip6tables-save': iptablesSave,
  ping,
  'dpkg-query': dpkgQuery,
  'ubnt-hal': ubntHal,
  'lab-check': labCheck,
};

/** A running router, with what only the lab may do to it. */
export interface LabRouter extends Router {
  readonly engine: Engine;
  /** From now on the other end of this peer is there, or no longer. */
  setPeerUp(peer: PeerUp, isUp: boolean): void;
  /** The wireguard package is installed while the router runs. */
  install(wireguard: NonNullable<EngineOptions['wireguard']>): void;
  /** The seed's text in the form of config.boot, for a box that has none yet. */
  seedAsBoot(): string;
  /** Files below /config that the seed names and a new box needs: keys, made anew at each call. */
  seedFiles(): Record<string, string>;
}

export function createRouter(options: EngineOptions): LabRouter {
  // The seed is read as by a router that has the package, so that nothing of the package's is taken for unknown.
  const complete = routerTemplates();
  const seed = options.seed === undefined ? new ConfigNode() : readSeed(options.seed, complete);
  const release = options.release ?? usualRelease;
  const templatesWith = (wireguard: EngineOptions['wireguard']): Template => {
    const templates = routerTemplates({
      wireguard: wireguard?.isInstalled !== false,
      wireguardClamp:
        wireguard?.isInstalled !== false &&
        (release.wireguard === 'package' || wireguard?.version !== undefined),
      discover: release.hasDiscover,
    });
    adoptLearned(templates, complete);
    return templates;
  };
  const templates = templatesWith(options.wireguard);
  const ethernet = options.ethernet ?? portsOf(seed);
  const peersUp = [...(options.peersUp ?? [])];
  const start = (): Engine => new Engine({ ...options, ethernet }, templates, peersUp);
  let engine = start();
  const halt = (): void => engine.powerDown();
  return {
    get engine() {
      return engine;
    },
    async call(call) {
      const program = Object.hasOwn(programs, call.program) ? programs[call.program] : undefined;
      if (program === undefined) return complaint(`${call.program}: command not found\n`, 127);
      const ms = engine.profile.calls[call.program] ?? 0;
      if (ms > 0) await engine.world.sleep(ms);
      try {
        return await program(engine, call);
      } catch (error) {
        return said(`lab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, 70);
      }
    },
    async boot() {
      halt();
      engine = start();
      await boot(engine);
    },
    halt,
    install: wireguard => engine.install(templatesWith(wireguard), wireguard),
    setPeerUp: (peer, isThere) => {
      setPeerUp(peersUp, peer, isThere);
      engine.shakeHands();
    },
    seedAsBoot: () => {
      const copy = new Engine(options, complete);
      copy.active = seed;
      return savedText(copy, true);
    },
    seedFiles: () => keyFilesOf(seed),
  };
}

function setPeerUp(peersUp: PeerUp[], { link, publicKey, ...more }: PeerUp, isUp: boolean): void {
  const same = peersUp.findIndex(one => one.link === link && one.publicKey === publicKey);
  if (same !== -1) peersUp.splice(same, 1);
  if (isUp) peersUp.push({ link, publicKey, ...more });
}
