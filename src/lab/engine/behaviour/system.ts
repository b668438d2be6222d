// `system` and `service`: the checks that recordings and real routers show.
import { failed, fine } from '../action.ts';
import { at, childrenAt, valueAt } from '../config.ts';
import type { Template } from '../template.ts';
import { expression, inCommit, on, oneOf, pattern, range } from './attach.ts';

export function systemBehaviour(root: Template): void {
  pattern(
    on(root, 'system host-name'),
    /^[A-Za-z0-9][-.A-Za-z0-9]*[A-Za-z0-9]$|^[A-Za-z0-9]$/,
    'invalid host name %',
  );
  range(
    on(root, 'system config-management commit-revisions'),
    0,
    65535,
    'Commit revisions must be in range 0 to 65535',
  );
  const login = on(root, 'system login');
  login.delete = () => failed('All login methods can not be deleted');
  const user = on(login, 'user');
  pattern(user, /^[a-z_][a-z0-9_-]*\$?$/i, 'invalid user name %');
  oneOf(on(user, 'level'), ['admin', 'operator'], 'Allowed levels are "admin" and "operator"');
  const encrypted = on(user, 'authentication encrypted-password');
  encrypted.checks.push({
    run: ({ value, path }) =>
      /^(!|\*|\$[0-9a-z]+\$[^$]+\$\S+|[./0-9A-Za-z]{13})$/.test(value)
        ? fine
        : { ok: false, text: `Not a valid encrypted password for user ${path[3]}` },
  });
  services(root);
}

function services(root: Template): void {
  for (const name of ['ssh', 'telnet'])
    range(on(root, `service ${name} port`), 1, 65535, 'Port number must be in range 1 to 65535');
  for (const name of ['http-port', 'https-port'])
    range(on(root, `service gui ${name}`), 1, 65535, 'Port number must be in range 1 to 65535');
  oneOf(on(root, 'service ssh protocol-version'), ['v1', 'v2', 'all'], 'Protocol must be v1, v2 or all');
  const rule = on(root, 'service nat rule');
  range(rule, 1, 9999, 'NAT rule number must be between 1 and 9999');
  oneOf(
    on(rule, 'type'),
    ['source', 'destination', 'masquerade'],
    'NAT type must be source, destination or masquerade',
  );
  inCommit(
    rule,
    ({ working, path }) => valueAt(working, [...path, 'type']) !== undefined,
    'NAT configuration error in rule %: NAT type not specified',
  );
  expression(on(root, 'port-forward rule'), ({ value }) => Number(value) > 0, 'Rule number must be positive');
  on(root, 'service nat').end = ({ working }) => {
    for (const number of childrenAt(working, ['service', 'nat', 'rule'])) {
      const path = ['service', 'nat', 'rule', number];
      const isFrom = valueAt(working, [...path, 'type']) !== 'destination';
      const wanted = isFrom ? 'outbound-interface' : 'inbound-interface';
      if (at(working, [...path, 'disable']) === undefined && at(working, [...path, wanted]) === undefined)
        return { ok: false, text: `NAT configuration error in rule ${number}: ${wanted} not specified` };
    }
    return fine;
  };
}
