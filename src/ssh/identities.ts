// The keys that may open a hop, in the order OpenSSH offers them: named files that the agent holds, the agent's other keys,
// then files. A key is only opened (and its passphrase asked for) when the server has said that it would take it.

import type { Access } from './access.ts';
import { readAgent } from './agent.ts';
import type { Credentials } from './credentials.ts';
import type { Hop } from './hop.ts';
import { readKeyFile } from './key-file.ts';
import type { KeyOffer } from './key-offer.ts';
import type { Problem } from './problem.ts';

export interface FoundKeys {
  readonly offers: readonly KeyOffer[];
  readonly problems: readonly Problem[];
}

export async function findKeys(hop: Hop, access: Access, credentials: Credentials): Promise<FoundKeys> {
  const { identities } = hop;
  const problems: Problem[] = [];
  const agent = identities.agent === undefined ? [] : await readAgent(identities.agent, problems);
  const files: KeyOffer[] = [];
  for (const path of identities.files) {
    const offer = await readKeyFile(path, hop, access, credentials, problems);
    if (offer !== undefined) files.push(offer);
  }
  problems.push(...(await certificateProblems(hop, access)));
  const isSame = (a: KeyOffer) => (b: KeyOffer) => a.key.getPublicSSH().equals(b.key.getPublicSSH());
  const held = files.flatMap(file => agent.find(isSame(file)) ?? []);
  const otherAgent = identities.only ? [] : agent.filter(key => !held.some(isSame(key)));
  return { offers: [...held, ...otherAgent, ...files.filter(file => !held.some(isSame(file)))], problems };
}

/** ssh2 signs under the name of the offered key, and sshd wants the plain one for a certificate: so none can be used. */
async function certificateProblems(hop: Hop, access: Access): Promise<Problem[]> {
  const { certificates, files } = hop.identities;
  const problems: Problem[] = [];
  for (const path of [...certificates, ...files.map(file => `${file}-cert.pub`)]) {
    const file = await access.files.read(path).catch(() => undefined);
    if (file === undefined) continue;
    const what = `the certificate ${path} isn't offered, edgewg can't log in by certificates`;
    problems.push({ code: 'certificate-unsupported', what, hint: 'add the plain public key to the router' });
  }
  return problems;
}
