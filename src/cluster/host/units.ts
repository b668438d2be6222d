// Units of systemd: for what networkd and netplan don't do, the private key before the network is up, and the rules; and for the other variants the watch,
// with what makes networkd leave alone what isn't its own.
import { lines, type RenderedFile } from '../file.ts';
import type { NodeSetup } from '../setup.ts';

export function keyUnit({ link }: NodeSetup, script: string): string {
  return lines(
    '[Unit]',
    `Description=Private key of ${link}`,
    'Before=systemd-networkd.service',
    'DefaultDependencies=no',
    'RequiresMountsFor=/etc /usr',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/bin/sh ${script} before`,
    '',
    '[Install]',
    'WantedBy=systemd-networkd.service',
  );
}

export function rulesUnit({ link }: NodeSetup, script: string): string {
  return lines(
    '[Unit]',
    `Description=Rules of ${link}`,
    'Before=network-pre.target',
    'Wants=network-pre.target',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/bin/sh ${script} up`,
    `ExecReload=/bin/sh ${script} up`,
    `ExecStop=/bin/sh ${script} down`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  );
}

/** The watch lives as long as the unit that brings the tunnel up, which asks for it. */
export function watchFiles({ link }: NodeSetup, script: string, tunnelUnit: string): RenderedFile[] {
  const folder = 'etc/systemd/system';
  const watch = `edgewg-${link}-watch.service`;
  const unit = lines(
    '[Unit]',
    `Description=Puts back what others take away of ${link}'s way`,
    `After=${tunnelUnit}`,
    `PartOf=${tunnelUnit}`,
    '',
    '[Service]',
    `ExecStart=/bin/sh ${script} watch`,
    'Restart=always',
    'RestartSec=5',
  );
  return [
    { path: `${folder}/${watch}`, text: unit },
    { path: `${folder}/${tunnelUnit}.d/edgewg.conf`, text: lines('[Unit]', `Wants=${watch}`) },
    foreignKept,
  ];
}

/**
 * networkd.conf(5): without these two networkd removes rules and routes that others made when it starts. Where it has no link of the host
 * the file has no effect.
 */
export const foreignKept: RenderedFile = {
  path: 'etc/systemd/networkd.conf.d/edgewg.conf',
  text: lines(
    '# Made by edgewg: what others than systemd-networkd set stays when it restarts.',
    '[Network]',
    'ManageForeignRoutes=no',
    'ManageForeignRoutingPolicyRules=no',
  ),
};
