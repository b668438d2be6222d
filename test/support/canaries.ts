// Known secrets, and a search for any part of them in whatever form they may have got somewhere: as they are, in base64, in hex,
// URL-encoded, and cut in two.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** So many characters of a form in a row are a hit: of a key that is wrapped once, one piece is always longer. */
const enough = 16;
/** Texts are looked at in pieces of this length; in `enough` characters one of them lies whole. */
const piece = 8;

interface Form {
  readonly secret: string;
  readonly text: string;
}

export class Canaries {
  /** Every piece of every form, with the places where it stands there. */
  readonly #pieces = new Map<string, { form: Form; at: number }[]>();
  readonly #names = new Set<string>();
  readonly hits = new Set<string>();
  places = 0;

  /** At least 32 characters, or bytes of which nobody knows how they would be written. */
  add(name: string, secret: string | Buffer): void {
    if (secret.length < 32) throw new Error(`the canary ${name} is too short to be cut in two`);
    if (this.#names.has(`${name}\0${secret}`)) return;
    this.#names.add(`${name}\0${secret}`);
    for (const text of formsOf(secret)) {
      const form = { secret: name, text };
      for (let at = 0; at + piece <= text.length; at++) {
        const key = text.slice(at, at + piece);
        const before = this.#pieces.get(key);
        if (before === undefined) this.#pieces.set(key, [{ form, at }]);
        else before.push({ form, at });
      }
    }
  }

  get count(): number {
    return this.#names.size;
  }

  /** Notes what is found; `but` names secrets that belong there. */
  search(where: string, text: string, but: readonly string[] = []): void {
    this.places++;
    for (let at = 0; at + piece <= text.length; at += piece)
      for (const { form, at: inside } of this.#pieces.get(text.slice(at, at + piece)) ?? [])
        if (!but.includes(form.secret) && commonAround(text, at, form.text, inside) >= enough)
          this.hits.add(`${form.secret} in ${where}`);
  }

  /** Every file below a folder; `isTheirs` says of a path in it that secrets belong there. */
  searchFolder(name: string, folder: string, isTheirs: (path: string) => boolean): void {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const inside = path.slice(folder.length + 1);
      this.search(`the name of ${name}/${inside}`, inside);
      if (!entry.isFile() || isTheirs(inside)) continue;
      this.search(`${name}/${inside}`, readFileSync(path, 'latin1'));
    }
  }
}

/** How many characters two texts have in common around a place of each. */
function commonAround(a: string, i: number, b: string, j: number): number {
  let before = 0;
  while (i - before > 0 && j - before > 0 && a[i - before - 1] === b[j - before - 1]) before++;
  let after = 0;
  while (i + after < a.length && j + after < b.length && a[i + after] === b[j + after]) after++;
  return before + after;
}

export function formsOf(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  // what stands before it in the encoded text moves its digits
  const base64 = [0, 1, 2].map(shift =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice([0, 2, 3][shift], Math.floor(((shift + bytes.length) * 8) / 6)),
  );
  const asUrls = base64.map(text => text.replaceAll('+', '-').replaceAll('/', '_'));
  const asText = typeof secret === 'string' ? [secret, encodeURIComponent(secret)] : [];
  return [...new Set([...asText, hex, hex.toUpperCase(), ...base64, ...asUrls])];
}
