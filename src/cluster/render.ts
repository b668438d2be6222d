// The other end as files, for whoever sets the nodes up: one folder a node, as on the node itself.
import { inOrder, type RenderedFile } from './file.ts';
import { frrConf } from './host/frr.ts';
import { ifupdown, setconf } from './host/ifupdown.ts';
import { netplan, netplanFile } from './host/netplan.ts';
import { networkdFiles, networkdKeys } from './host/networkd.ts';
import { nftRules } from './host/nft.ts';
import type { HostPaths } from './host/paths.ts';
import { hostScript } from './host/script.ts';
import { talosNetwork } from './host/talos.ts';
import { keyUnit, rulesUnit, watchFiles } from './host/units.ts';
import { wgConf } from './host/wg-conf.ts';
import { renderKubernetes, renderSpeaker } from './kubernetes/render.ts';
import type { NodeSetup } from './setup.ts';

export const hostVariants = ['wg-quick', 'networkd', 'netplan', 'ifupdown'] as const;
export type HostVariant = (typeof hostVariants)[number];

export type Variant = HostVariant | 'talos' | 'kubernetes';

/** The files of the other end, for whoever sets the nodes up. */
export function render(setups: readonly NodeSetup[], variant: Variant): RenderedFile[] {
  if (variant === 'kubernetes') return renderKubernetes(setups);
  const nodes = variant === 'talos' ? renderTalos(setups) : renderHosts(setups, variant);
  return inOrder([...nodes, ...renderSpeaker(setups)]);
}

/** `srv4/etc/wireguard/wg0.conf` and so on: what stands below a node's name is that node's root. */
function renderHosts(setups: readonly NodeSetup[], variant: HostVariant): RenderedFile[] {
  return inOrder(
    setups.flatMap(setup =>
      hostFiles(setup, variant).map(({ path, text }) => ({ path: `${setup.node.name}/${path}`, text })),
    ),
  );
}

const renderTalos = (setups: readonly NodeSetup[]): RenderedFile[] =>
  setups.map(setup => ({ path: `${setup.node.name}/network.yaml`, text: talosNetwork(setup) }));

const folder = 'etc/wireguard';

/** The files of keys on the node. */
export function keyPaths(setup: NodeSetup, variant: HostVariant): Pick<HostPaths, 'key' | 'presharedKey'> {
  if (variant === 'networkd' || variant === 'netplan') return networkdKeys;
  return { key: `/${folder}/${setup.link}.key`, presharedKey: `/${folder}/${setup.link}.psk` };
}

function hostFiles(setup: NodeSetup, variant: HostVariant): RenderedFile[] {
  const { link } = setup;
  const script = `${folder}/${link}.sh`;
  const nft = `${folder}/${link}.nft`;
  const byNetworkd = variant === 'networkd' || variant === 'netplan';
  const paths: HostPaths = {
    ...keyPaths(setup, variant),
    nft: `/${nft}`,
    ...(byNetworkd && { group: 'systemd-network' }),
  };
  const frr = frrConf(setup);
  return [
    ...ownFiles(setup, variant, `/${script}`),
    { path: script, text: hostScript(setup, paths, byNetworkd ? variant : 'all') },
    ...(setup.cluster.firewall === 'nftables' ? [{ path: nft, text: nftRules(setup) }] : []),
    ...(frr === undefined ? [] : [{ path: 'etc/frr/frr.conf', text: frr }]),
  ];
}

function ownFiles(setup: NodeSetup, variant: HostVariant, script: string): RenderedFile[] {
  const { link } = setup;
  const conf = `${folder}/${link}.conf`;
  const units = (): RenderedFile[] => [
    { path: `etc/systemd/system/edgewg-${link}-key.service`, text: keyUnit(setup, script) },
    { path: `etc/systemd/system/edgewg-${link}-rules.service`, text: rulesUnit(setup, script) },
  ];
  switch (variant) {
    case 'wg-quick':
      return [
        { path: conf, text: wgConf(setup, script) },
        ...watchFiles(setup, script, `wg-quick@${link}.service`),
      ];
    case 'networkd':
      return [...networkdFiles(setup), ...units()];
    case 'netplan':
      return [{ path: netplanFile, text: netplan(setup) }, ...units()];
    case 'ifupdown':
      return [
        { path: conf, text: setconf(setup) },
        { path: `etc/network/interfaces.d/${link}`, text: ifupdown(setup, { script, conf: `/${conf}` }) },
        ...watchFiles(setup, script, 'networking.service'),
      ];
  }
}
