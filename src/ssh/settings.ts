// What ssh_config says for one host: Host and Match blocks applied in order, the first value wins (ssh_config(5)).
// Pure but for the notices about Match lines that edgewg can't judge; knows no meaning of a keyword but the repeatable ones.
import type { ConfigLine } from './config-files.ts';
import { matchesList } from './pattern.ts';

export interface Settings {
  /** The first value's first word; keywords are in lower case. */
  first(keyword: string): string | undefined;
  /** All words of the first line with this keyword; of every line for those that add up (IdentityFile, CertificateFile). */
  words(keyword: string): readonly string[] | undefined;
  /** Which of these keywords came first: of two that exclude each other the first counts. */
  earliest(keywords: readonly string[]): string | undefined;
}

export interface Asked {
  readonly host: string;
  readonly user: string | undefined;
  readonly localUser: string;
  notice(line: string): void;
}

const addUp = new Set(['identityfile', 'certificatefile']);

interface Pass {
  readonly asked: Asked;
  /** What Host lines are about: the name given, in a final pass the resolved one. */
  readonly host: string;
  readonly found: Map<string, string[]>;
  readonly final: boolean;
}

export function settingsFor(lines: readonly ConfigLine[], asked: Asked): Settings {
  const found = new Map<string, string[]>();
  const pass: Pass = { asked, host: asked.host, found, final: false };
  apply(lines, pass);
  if (wantsFinalPass(lines)) {
    const host = hostName(asked.host, found);
    found.set('hostname', [host]); // as ssh: a final block comes too late to name another host
    apply(lines, { ...pass, host, final: true });
  }
  return {
    first: keyword => found.get(keyword)?.[0],
    words: keyword => found.get(keyword),
    earliest: keywords => [...found.keys()].find(keyword => keywords.includes(keyword)),
  };
}

/** Any `Match final` asks for it, even where it doesn't apply (as ssh -G shows). */
function wantsFinalPass(lines: readonly ConfigLine[]): boolean {
  return lines.some(
    line =>
      (line.kind === 'match' && line.words.some(word => /^!?final$/i.test(word))) ||
      (line.kind !== 'set' && wantsFinalPass(line.lines)),
  );
}

function apply(lines: readonly ConfigLine[], pass: Pass): void {
  for (const line of lines) {
    if (line.kind === 'set') set(line.keyword, line.words, pass.found);
    else if (line.kind === 'include') apply(line.lines, pass);
    else if (line.kind === 'host' ? matchesList(pass.host, line.words) : matches(line.words, pass))
      apply(line.lines, pass);
  }
}

function set(keyword: string, words: readonly string[], found: Map<string, string[]>): void {
  const before = found.get(keyword);
  if (before === undefined) found.set(keyword, [...words]);
  else if (addUp.has(keyword)) before.push(...words.filter(word => !before.includes(word)));
}

/** All criteria of a Match line must hold. One that edgewg can't judge makes the line not match, and says so. */
function matches(words: readonly string[], pass: Pass): boolean {
  let unjudged: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const negated = word.startsWith('!');
    const criterion = word.slice(negated ? 1 : 0).toLowerCase();
    const argument = /^(all|final|canonical)$/.test(criterion) ? '' : (words[++i] ?? '');
    const holds = judge(criterion, argument, pass);
    if (holds === undefined) unjudged ??= criterion;
    else if (holds === negated) return false;
  }
  if (unjudged === undefined) return true;
  pass.asked.notice(
    `ssh_config: 'Match ${words.join(' ')}' is passed over, edgewg doesn't evaluate '${unjudged}'`,
  );
  return false;
}

function judge(criterion: string, argument: string, pass: Pass): boolean | undefined {
  const { asked, found } = pass;
  const list = argument.split(',');
  if (criterion === 'all') return true;
  if (criterion === 'canonical') return false;
  if (criterion === 'final') return pass.final;
  if (criterion === 'originalhost') return matchesList(asked.host, list);
  if (criterion === 'host') return matchesList(hostName(asked.host, found), list);
  if (criterion === 'user') return matchesList(asked.user ?? found.get('user')?.[0] ?? asked.localUser, list);
  if (criterion === 'localuser') return matchesList(asked.localUser, list);
  return undefined;
}

function hostName(host: string, found: Map<string, string[]>): string {
  return (found.get('hostname')?.[0] ?? host).replaceAll('%h', host);
}
