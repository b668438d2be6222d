// What rendering yields: files below a folder, in a stable order. None holds a secret; those that must have one are named.
export interface RenderedFile {
  /** Below the folder, with slashes: `srv4/etc/wireguard/wg0.conf`. */
  readonly path: string;
  readonly text: string;
}

/** By path, as `LC_ALL=C sort` has it. */
export function inOrder(files: readonly RenderedFile[]): RenderedFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Lines with a line end each; what is undefined or false is left out. */
export function lines(...parts: readonly (string | readonly string[] | undefined | false)[]): string {
  return parts
    .flatMap(part => (part === undefined || part === false ? [] : part))
    .map(line => `${line}\n`)
    .join('');
}
