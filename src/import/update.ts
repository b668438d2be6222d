// A site file that is there, edited to what the router has: only where the plan of the file would change the router, and with
// the comments and the order of the file.

import { type Document, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLSeq } from 'yaml';
import type { Data, Draft, Entry } from '../objects/draft.ts';
import { peer as peerKind } from '../objects/peer.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { refusals } from '../plan/allow.ts';
import type { Check } from '../plan/types/check.ts';
import type { Finding, Plan } from '../plan/types/plan.ts';
import { type LoadedSite, loadSite, type Site, type SitePath } from '../site/load.ts';
import { pathAt } from '../site/place-of.ts';
import type { Path } from '../vyatta/tree.ts';
import { printCommand } from '../vyatta/words.ts';
import { absentNames } from './absent.ts';
import { draftOf } from './import.ts';
import { planFor, type Router, reduceToEmptyPlan } from './reduce-to-empty-plan.ts';
import { asBefore, toNode } from './write.ts';

export interface Updated {
  readonly text: string;
  /** Of the new text, against the same router. */
  readonly plan: Plan;
  /** Its errors: the next `plan` or `apply` of the text would be refused for them. */
  readonly refused: readonly Finding[];
  /** Commands that stay to be applied, where no edit of the file says what the router has. */
  readonly left: readonly string[];
}

/** Throws {@link SiteProblems} when the router has what the file's rules refuse. */
export function updateSite(
  text: string,
  loaded: LoadedSite,
  router: Router,
  file: string,
  checks: readonly Check[] = [],
): Updated {
  const draft = draftOf(router, { host: 'router' });
  reduceToEmptyPlan(draft, router, file);
  const document = parseDocument(text);
  const edit = new Edit(document, draft, loaded.site, router);
  for (const change of planFor(loaded, router).changes) {
    if (change.action === 'keep') continue;
    const at = change.source && pathAt(text, change.source.line, change.source.column);
    edit.follow(change.path, at);
    if (change.action === 'delete') edit.keep(change.path);
  }
  const printed = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  const after = edit.isChanged ? asBefore(text, printed) : text;
  // what is wrong with it stands at lines that the file on disk hasn't
  const name = after === text ? file : `${file} (edited, not written)`;
  const plan = planFor(loadSite(after, name), router, checks);
  const commands = plan.commits.flatMap(({ run }) => run);
  const left = commands.map(({ op, path }) => printCommand(op === 'set' ? 'set' : 'delete', path));
  return { text: after, plan, refused: refusals(plan.diagnostics, new Map()), left };
}

class Edit {
  readonly document: Document;
  readonly draft: Draft;
  readonly site: Site;
  readonly router: Router;
  isChanged = false;

  constructor(document: Document, draft: Draft, site: Site, router: Router) {
    this.document = document;
    this.draft = draft;
    this.site = site;
    this.router = router;
  }

  /** Makes the file say what the router has at `path`; `at` is what asks for something else there now. */
  follow(path: Path, at: SitePath | undefined): void {
    const entry = this.#entryOf(path);
    if (entry !== undefined) this.#say(entry);
    else if (at !== undefined) this.#forget(path, at);
  }

  /** Takes what is at `path` out of `absent`, and the lists and maps that are empty then. */
  keep(path: Path): void {
    for (const { list, is } of absentNames(path)) {
      const items = this.document.getIn(list);
      if (!isSeq(items)) continue;
      const item = items.items.findIndex(one => isScalar(one) && is(String(one.value)));
      if (item < 0) continue;
      this.#drop([...list, item]);
      for (let box = list; box.length > 0 && isEmptyNode(this.document.getIn(box)); box = box.slice(0, -1))
        this.#drop(box);
    }
  }

  /** The entry of the draft that says the node itself, or the whole that it is a part of; not the tunnel or peer above it. */
  #entryOf(path: Path): Entry | undefined {
    const entry = this.draft.entryFor(path);
    if (entry === undefined || entry.running.length >= path.length) return entry;
    const isBox = [tunnelKind.match(entry.running), peerKind.match(entry.running)].some(
      found => found?.below.length === 0,
    );
    return isBox ? undefined : entry;
  }

  #say(entry: Entry): void {
    const { at, whole } = this.#target(entry.at);
    const value = valueAt(this.draft.data, whole);
    if (value === undefined) return;
    put(this.document, at, value);
    this.isChanged = true;
  }

  /** Where it stands in the file, which may call a peer otherwise, and what of the draft goes there: all that is missing. */
  #target(at: SitePath): { at: SitePath; whole: SitePath } {
    if (at[0] === 'rulesets' || at[0] === 'bgp') return { at, whole: at };
    if (at[0] !== 'tunnels') return { at, whole: at };
    const tunnel = this.site.tunnels.find(({ name }) => name === at[1]);
    if (tunnel === undefined) return { at: at.slice(0, 2), whole: at.slice(0, 2) };
    if (at[2] === 'openPort') return { at: at.slice(0, 3), whole: at.slice(0, 3) };
    if (at[2] !== 'peers') return { at, whole: at };
    const key = valueAt(this.draft.data, [...at.slice(0, 4), 'publicKey']);
    const peer = tunnel.peers.find(({ publicKey }) => publicKey === key);
    if (peer !== undefined) return { at: [...peer.at, ...at.slice(4)], whole: at };
    const taken = new Set(tunnel.peers.map(({ name }) => name));
    let name = String(at[3]);
    for (let n = 2; taken.has(name); n++) name = `${at[3]}-${n}`;
    return { at: [...at.slice(0, 3), name], whole: at.slice(0, 4) };
  }

  /** Takes out what the router hasn't: a leaf, a peer, a route. A tunnel that isn't there yet stays. */
  #forget(path: Path, at: SitePath): void {
    const { running } = this.router;
    const [first, second, third] = at;
    if (first === 'tunnels') {
      if (third === undefined || !tunnelKind.has(running, String(second))) return;
      const [name, key] = peerKind.match(path)?.instance ?? [];
      const isGone = name !== undefined && key !== undefined && !peerKind.has(running, name, key);
      const depth = { peers: isGone || at.length < 5 ? 4 : 5, firewall: 5, routes: 4 }[String(third)] ?? 3;
      this.#drop(at.slice(0, depth));
    } else if (first === 'rulesets' && third !== undefined) {
      this.#drop(at.slice(0, third === 'rules' ? 4 : 3));
    } else if (first === 'bgp' && second === 'neighbors') {
      this.#drop(at.slice(0, 3));
    }
  }

  #drop(at: SitePath): void {
    const path = at.map(step => this.#keyOf(at, step));
    if (!this.document.hasIn(path)) return;
    this.document.deleteIn(path);
    this.isChanged = true;
  }

  /** Rule numbers are numbers in YAML. */
  #keyOf(at: SitePath, step: string | number): string | number {
    return at[0] === 'rulesets' && /^\d+$/.test(String(step)) ? Number(step) : step;
  }
}

const isEmptyNode = (node: unknown): boolean => (isMap(node) || isSeq(node)) && node.items.length === 0;

function valueAt(data: Data, at: SitePath): unknown {
  return at.reduce<unknown>((node, step) => (node as Data | undefined)?.[String(step)], data);
}

/** A new value in an old place: what a person wrote beside it stays. */
function put(document: Document, at: SitePath, value: unknown): void {
  const old = document.getIn(at, true) as Node | undefined;
  if (isScalar(old) && typeof value !== 'object') {
    old.value = value;
    delete old.source;
  } else if (isSeq(old) && Array.isArray(value)) {
    putList(old, value);
  } else {
    const node = toNode(value, at);
    if (isMap(old) && isMap(node) && old.flow !== undefined) node.flow = old.flow;
    if (old !== undefined) {
      if (old.comment) node.comment = old.comment;
      if (old.commentBefore) node.commentBefore = old.commentBefore;
    }
    document.setIn(at, node);
  }
}

/** Items that stay keep their place and their comments; new ones come at the end. */
function putList(list: YAMLSeq, values: readonly unknown[]): void {
  const plain = (item: unknown): unknown => (isScalar(item) ? item.value : item);
  list.items = list.items.filter(item => values.includes(plain(item)));
  const there = new Set(list.items.map(plain));
  for (const value of values) if (!there.has(value)) list.items.push(toNode(value, []));
}
