// The releases of EdgeOS that the lab can be: what each says of itself, and what it knows of WireGuard (docs/edgeos.md
// 'EdgeOS 3', 'Boards and packages'). All as an EdgeRouter X.

export interface Release {
  /** As `v2.0.9-hotfix.7` without the v. */
  readonly name: string;
  /** Number, day and time of the build, as in /etc/version. */
  readonly build: readonly [id: string, day: string, time: string];
  readonly years: string;
  readonly kernel: string;
  /** Versions of the configuration's modules, in config.boot's order. */
  readonly modules: string;
  /** What comes with the firmware and what a package adds. */
  readonly wireguard: 'package' | 'native';
  /** Whether templates for `service ubnt-discover` were seen. */
  readonly hasDiscover: boolean;
  readonly sshd: string;
  /** OpenSSH before 7.2 signs with SHA-1 alone. */
  readonly hostKey: 'ssh-ed25519' | 'ssh-rsa';
}

const modules3 =
  'config-management@1:conntrack@1:cron@1:dhcp-relay@1:dhcp-server@4:firewall@5:ipsec@5:nat@3:qos@1:quagga@2:suspend@1:system@5:ubnt-l2tp@1:ubnt-pptp@1:ubnt-udapi-server@1:ubnt-unms@2:ubnt-util@1:vrrp@1:vyatta-netflow@1:webgui@1:webproxy@1:zone-policy@1';

export const releases: Readonly<Record<'1.10.11' | '2.0.9-hotfix.7' | '3.0.1', Release>> = {
  '1.10.11': {
    name: '1.10.11',
    build: ['5274269', '200221', '1028'],
    years: '2012-2020',
    kernel: '3.10.14-UBNT',
    modules:
      'config-management@1:conntrack@1:cron@1:dhcp-relay@1:dhcp-server@4:firewall@5:ipsec@5:nat@3:qos@1:quagga@2:suspend@1:system@4:ubnt-pptp@1:ubnt-udapi-server@1:ubnt-unms@1:ubnt-util@1:vrrp@1:webgui@1:webproxy@1:zone-policy@1',
    wireguard: 'package',
    hasDiscover: true,
    sshd: 'OpenSSH_6.6.1p1',
    hostKey: 'ssh-rsa',
  },
  '2.0.9-hotfix.7': {
    name: '2.0.9-hotfix.7',
    build: ['5622731', '230615', '0857'],
    years: '2012-2020',
    kernel: '4.14.54-UBNT',
    modules:
      'ipsec@5:conntrack@1:qos@1:zone-policy@1:ubnt-udapi-server@1:system@5:webproxy@1:ubnt-unms@2:dhcp-server@4:ubnt-l2tp@1:webgui@1:nat@3:firewall@5:vyatta-netflow@1:cron@1:dhcp-relay@1:config-management@1:ubnt-util@1:quagga@2:ubnt-pptp@1:suspend@1:vrrp@1',
    wireguard: 'package',
    hasDiscover: true,
    sshd: 'OpenSSH_7.4p1',
    hostKey: 'ssh-ed25519',
  },
  '3.0.1': {
    name: '3.0.1',
    build: ['5862409', '250924', '1408'],
    years: '2012-2023',
    kernel: '4.14.54-UBNT',
    modules: modules3,
    wireguard: 'native',
    hasDiscover: false,
    sshd: 'OpenSSH_8.4p1',
    hostKey: 'ssh-ed25519',
  },
};

export type ReleaseName = keyof typeof releases;

export const usualRelease = releases['2.0.9-hotfix.7'];

export const isReleaseName = (text: string): text is ReleaseName => Object.hasOwn(releases, text);

/** Of a saved configuration: the lab's release of the same generation; undefined when its text names none. */
export function releaseIn(text: string): Release | undefined {
  const generation = /Release version: v(\d+)\./.exec(text)?.[1];
  return Object.values(releases).find(({ name }) => name.startsWith(`${generation}.`));
}

/** `v2.0.9-hotfix.7.5622731.230615.0857` */
const fullVersion = ({ name, build }: Release): string =>
  ['v', name, ...build.map(part => `.${part}`)].join('');

/** /etc/version */
export const versionFile = (release: Release): string => `EdgeRouter.ER-e50.${fullVersion(release)}\n`;

/** What follows the configuration in config.boot (fixtures/transcripts/base.boot). */
export const trailerOf = (release: Release): string => `

/* Warning: Do not remove the following line. */
/* === vyatta-config-version: "${release.modules}" === */
/* Release version: ${fullVersion(release)} */
`;

/** `show version` */
export function showVersion({ name, build: [id, day, time], years }: Release): string {
  const date = [day.slice(2, 4), day.slice(4, 6), day.slice(0, 2)].join('/');
  return `Version:      v${name}
Build ID:     ${id}
Build on:     ${date} ${time.slice(0, 2)}:${time.slice(2)}
Copyright:    ${years} Ubiquiti${name.startsWith('3.') ? '' : ' Networks'}, Inc.
HW model:     EdgeRouter X 5-Port
HW S/N:       F09FC2000000
`;
}
