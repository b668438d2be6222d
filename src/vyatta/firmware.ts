// Which EdgeOS a router runs, on which board, and the wireguard package that was built for the two (docs/edgeos.md 'Boards and packages').

/** 1, 2 or 3 of `v2.0.9-hotfix.7` or `EdgeRouter.ER-e300.v2.0.9-hotfix.7.5622731`; undefined for a text that names no release. */
export function generationOf(version: string): number | undefined {
  const major = /(?:^|[.\s])v(\d+)\.\d+/.exec(version)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** The router was asked for the templates of WireGuard, and has none. */
export const lacksWireguard = ({ probes }: { readonly probes: ReadonlyMap<string, boolean> }): boolean =>
  probes.get('wireguard') === false;

/** What the last line of a config.boot says: `v3.0.1.5862409.250924.1408`; undefined where there is none. */
export const releaseLine = (text: string): string | undefined =>
  /^\/\* Release version: (v\d[\w.-]*) \*\/\s*$/m.exec(text)?.[1];

/** The boards that one package is for, by the board's id (`ubnt-hal-e getBoardIdE`). */
const families: readonly (readonly [RegExp, string])[] = [
  [/^e5\d$/, 'e50'],
  [/^e10\d$/, 'e100'],
  [/^e20\d$/, 'e200'],
  [/^e30\d$/, 'e300'],
  [/^e1000$/, 'e1000'],
];

/** By what `show version` calls the model, where the board's id isn't known. */
const models: readonly (readonly [RegExp, string])[] = [
  [/\b(X|10X|R6)\b/, 'e50'],
  [/\b(Lite|PoE)\b/i, 'e100'],
  [/\b(8|Pro)\b/, 'e200'],
  [/\b(4|6P|12|12P)\b/, 'e300'],
  [/\bInfinity\b/, 'e1000'],
];

const first = (list: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  list.find(([pattern]) => pattern.test(text))?.[1];

/** As the router reports them: `show version`'s release and model, the board's id. */
export interface Hardware {
  readonly version: string;
  readonly model: string;
  readonly board: string;
}

/** How the names of the packages begin that fit, `e300-v2`; undefined where none is built or the board isn't known. */
export function packageName({ version, model, board }: Hardware): string | undefined {
  const generation = generationOf(version);
  if (generation !== 1 && generation !== 2) return undefined;
  const family = first(families, board) ?? first(models, model);
  return family === undefined ? undefined : `${family}-v${generation}`;
}

/** Where a firmware upgrade looks for packages that it installs again (docs/edgeos.md 'Firmware upgrades'). */
export const firstbootFolder = '/config/data/firstboot/install-packages';

/** How the package gets onto the router, for the middle of a sentence: from the copy that is there, or from where it is published. */
function packageToInstall(router: Hardware & { readonly firstboot: readonly string[] }): string {
  const copy = router.firstboot.find(file => isPackage(file) && fits(file, router) !== false);
  if (copy !== undefined && /^[\w.+~-]+$/.test(copy))
    return `it from the copy on the router (sudo dpkg -i ${firstbootFolder}/${copy} && sudo modprobe wireguard)`;
  const name = packageName(router);
  const what = [router.model, router.version].filter(text => text !== '').join(' with ');
  const which = name === undefined ? `the package for ${what || 'this router'}` : `the newest ${name}-….deb`;
  return `${which} of https://github.com/WireGuard/wireguard-vyatta-ubnt/releases (sudo dpkg -i FILE && sudo modprobe wireguard)`;
}

/** What brings back EdgeOS 3's own WireGuard, for the middle of a sentence: its templates are part of the image alone. */
export const nativeWay = 'flash the firmware image again (add system image URL; reboot)';

/** How WireGuard gets onto this router, for the middle of a sentence: on EdgeOS 3 never as a package. */
export function wayToWireguard(router: Hardware & { readonly firstboot: readonly string[] }): string {
  return generationOf(router.version) === 3
    ? `${nativeWay}, and install no package`
    : `install ${packageToInstall(router)}`;
}

/** Files that would put a package over EdgeOS 3's own WireGuard, at the first boot of an image or at any. */
export function packageInstallers({
  firstboot,
  installers,
}: {
  readonly firstboot: readonly string[];
  readonly installers: readonly string[];
}): { path: string; isScript: boolean }[] {
  return [
    ...firstboot.filter(isPackage).map(file => ({ path: `${firstbootFolder}/${file}`, isScript: false })),
    ...installers.map(path => ({ path, isScript: true })),
  ];
}

/** Whether the name of a file says that it is a wireguard package. */
export function isPackage(file: string): boolean {
  return /\.deb$/.test(file) && /wireguard|^e\d{2,4}-v\d-v/i.test(file);
}

/** Undefined where the file's name says nothing of boards and releases. */
export function fits(file: string, hardware: Hardware): boolean | undefined {
  const said = /(?:^|[^0-9a-z])(e\d{2,4})-v(\d)-v/.exec(file);
  const name = packageName(hardware);
  return said === null || name === undefined ? undefined : `${said[1]}-v${said[2]}` === name;
}
