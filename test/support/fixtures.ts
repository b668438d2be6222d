// Files of the project, seen from dist/test.

/** A file below fixtures/. */
export function fixture(path: string): URL {
  return new URL(`../../../fixtures/${path}`, import.meta.url);
}

/** A file below the project's top folder. */
export function project(path: string): URL {
  return new URL(`../../../${path}`, import.meta.url);
}
