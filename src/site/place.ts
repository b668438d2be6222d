// Places in a site file: in its own keys, and in its text.

/**
 * Where something stands in the file, in the file's own keys: `['tunnels', 'wg4', 'peers', 'srv4', 'endpoint']`.
 * Every object below carries its own as `at`; a leaf is at `[...object.at, 'listenPort']`.
 */
export type SitePath = readonly (string | number)[];

/** A place in the site file. Lines and columns count from 1. */
export interface SitePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
