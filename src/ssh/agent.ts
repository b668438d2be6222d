// The keys of an ssh-agent. An agent that is silent or gone is a problem to report when nothing else lets us in, not an error.
import type { KeyOffer } from './key-offer.ts';
import { printable } from './printable.ts';
import type { Problem } from './problem.ts';
import { ProblemError } from './problem.ts';
import { OpenSSHAgent, type ParsedKey } from './ssh2.ts';

const patienceMs = 10_000;

export function readAgent(path: string, problems: Problem[]): Promise<KeyOffer[]> {
  const agent = new OpenSSHAgent(path);
  return new Promise(resolve => {
    const give = (offers: KeyOffer[], problem?: Problem) => {
      clearTimeout(timer);
      if (problem !== undefined) problems.push(problem);
      resolve(offers);
    };
    const timer = setTimeout(() => give([], unreachable(path)), patienceMs);
    agent.getIdentities((error, keys) => {
      if (error || keys === undefined) return give([], unreachable(path));
      if (keys.length === 0) return give([], empty);
      give(keys.flatMap(key => ('getPublicSSH' in key ? offerOf(agent, key) : [])));
    });
  });
}

function offerOf(agent: InstanceType<typeof OpenSSHAgent>, key: ParsedKey): KeyOffer {
  const label = `agent key ${printable(key.comment, 80) || key.type}`;
  const refused: Problem = {
    code: 'agent-refused',
    what: `the ssh-agent didn't sign with ${label}`,
    hint: 'see what the agent asks (ssh-add -l)',
  };
  return {
    label,
    key,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        const options = hash === 'sha256' || hash === 'sha512' ? ({ hash } as const) : {};
        agent.sign(key, data, options, (error, signature) => {
          if (signature === undefined || error) reject(new ProblemError(refused));
          else resolve(signature);
        });
      }),
  };
}

function unreachable(path: string): Problem {
  const hint = 'start one (eval "$(ssh-agent)") or unset SSH_AUTH_SOCK';
  return { code: 'agent-unreachable', what: `no ssh-agent answers at ${path}`, hint };
}

const empty: Problem = {
  code: 'agent-empty',
  what: 'the ssh-agent holds no keys',
  hint: 'add one: ssh-add ~/.ssh/id_ed25519',
};
