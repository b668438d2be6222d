// Units of systemd for what networkd and netplan don't do: the private key before the network is up, and the rules.
import { lines } from '../file.ts';
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
