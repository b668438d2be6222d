// The files by which a CI system reviews and applies site files, made of templates. Pure: the templates come in as texts.

export const ciKinds = ['github', 'gitlab', 'forgejo'] as const;
export type CiKind = (typeof ciKinds)[number];

export interface CiOptions {
  /** As the repository names it; with a `*` all files that it matches, each with NAME.snapshot beside NAME.yaml. */
  readonly file: string;
  readonly snapshot: string;
  /** The branch whose state is applied. */
  readonly branch: string;
  /** The program that the jobs run. */
  readonly program: CiProgram;
}

export interface CiProgram {
  readonly name: string;
  readonly version: string;
  /** The name of its tarball. */
  readonly file: string;
  /** `sha512-…`, as npm has it. */
  readonly integrity: string;
}

export interface CiFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/** By their names below src/ci/files. */
export type CiTemplates = (name: string) => string;

/** Where what the jobs run lies. */
export const ciFolder = '.edgewg';

const places: Readonly<Record<CiKind, string>> = {
  github: '.github/workflows/edgewg.yml',
  gitlab: 'ci/edgewg.gitlab-ci.yml',
  forgejo: '.forgejo/workflows/edgewg.yml',
};

/** A tag can be moved to other code; a commit can't. */
const actions = {
  CHECKOUT: 'actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1',
  NODE: 'actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0',
  UPLOAD: 'actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0',
  DOWNLOAD: 'actions/download-artifact@634f93cb2916e3fdff6788551b99b062d0335ce0 # v5.0.0',
};

/** The jobs, the scripts that they run, and what makes npm install exactly this program for them. */
export function ciFiles(kind: CiKind, options: CiOptions, templates: CiTemplates): CiFile[] {
  const { file, branch, program } = options;
  const snapshots = file.includes('*') ? file.replace(/(\.[^./]*)?$/, '.snapshot') : options.snapshot;
  const site = [file, `${ciFolder}/**`].map(path => JSON.stringify(path)).join(', ');
  const values: Readonly<Record<string, string>> = {
    ...actions,
    SITES: JSON.stringify(file),
    SNAPSHOT: JSON.stringify(file.includes('*') ? '' : options.snapshot),
    SNAPSHOTS: JSON.stringify(snapshots),
    SITE_PATHS: site,
    PATHS: `${site}, ${JSON.stringify(snapshots)}`,
    BRANCH: JSON.stringify(branch),
    BRANCH_TEXT: `'${branch}'`,
    TARBALL: program.file,
  };
  const jobs = templates(`${kind}.yml`).replace(
    /@@([A-Z_]+)@@/g,
    (mark, name: string) => values[name] ?? mark,
  );
  const scripts = ['ci.sh', 'forge.mjs'].map(name => ({ path: name, text: templates(name) }));
  return [
    { path: places[kind], text: jobs },
    ...[...scripts, ...installation(program)].map(({ path, text }) => ({
      path: `${ciFolder}/${path}`,
      text,
    })),
  ];
}

/** npm installs from the tarball what has this digest, and nothing else; the package needs no other. */
function installation({ name, version, file, integrity }: CiProgram): CiFile[] {
  const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
  const root = { dependencies: { [name]: `file:${file}` } };
  const installed = { version, resolved: `file:${file}`, integrity, bin: { [name]: `bin/${name}.js` } };
  return [
    { path: 'package.json', text: json({ private: true, ...root }) },
    {
      path: 'package-lock.json',
      text: json({
        lockfileVersion: 3,
        requires: true,
        packages: { '': root, [`node_modules/${name}`]: installed },
      }),
    },
    { path: '.gitignore', text: 'node_modules/\n' },
  ];
}
