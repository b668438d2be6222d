// The files by which a CI system reviews and applies a site file, made of templates. Pure: the templates come in as texts.

export const ciKinds = ['github', 'gitlab', 'forgejo'] as const;
export type CiKind = (typeof ciKinds)[number];

export interface CiOptions {
  /** As the repository names it. */
  readonly file: string;
  readonly snapshot: string;
  /** The branch whose state is applied. */
  readonly branch: string;
  /** What `npm install` is given. */
  readonly package: string;
}

export interface CiFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/** By their names below src/ci/files. */
export type CiTemplates = (name: string) => string;

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

export function ciFiles(kind: CiKind, options: CiOptions, templates: CiTemplates): CiFile[] {
  const values: Readonly<Record<string, string>> = {
    ...actions,
    FILE: JSON.stringify(options.file),
    SNAPSHOT: JSON.stringify(options.snapshot),
    BRANCH: JSON.stringify(options.branch),
    PACKAGE: JSON.stringify(options.package),
  };
  const text = templates(`${kind}.yml`)
    .replace(/^@@REHEARSE@@$/m, () => indented(templates('rehearse.sh'), kind === 'gitlab' ? 6 : 10))
    .replace(/@@([A-Z]+)@@/g, (mark, name: string) => values[name] ?? mark);
  return [{ path: places[kind], text }];
}

function indented(script: string, by: number): string {
  return script.trimEnd().replace(/^(?=.)/gm, ' '.repeat(by));
}
