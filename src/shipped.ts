// Files that ship beside the code and are read as what they are: shell scripts, the help text, the manifest. The one place that knows
// where the built program lies, which is two folders below the package's root, as modules (dist/src) and bundled (dist/bundle).

/** Of a file by its path from the package's root. */
export const shippedFile = (path: string): URL => new URL(`../../${path}`, import.meta.url);
