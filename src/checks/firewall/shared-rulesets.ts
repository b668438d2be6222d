// EW346: a ruleset that filters a tunnel and something else: the internet, or other tunnels.
import { attachedTo } from '../../model/firewall/attached.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { byVersion } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { listed } from '../routing/routes.ts';
import { families, finding, type Side, viewOf } from '../view.ts';

/** One ruleset that the file attaches to a tunnel. */
interface Use {
  readonly ruleset: string;
  readonly tunnel: string;
  readonly at: SitePath;
}

export const sharedRulesets: Check = {
  explanations: {
    EW346: {
      title: 'one ruleset filters several interfaces',
      why: `What a rule lets pass for one tunnel it lets pass for all that share the ruleset, unless it names the source. Shared with the
      interface that faces the internet, a rule for the tunnel opens the home to everybody, and the other way round.`,
      way: `Between tunnels to servers of one cluster that is often meant: let the rules name sources. For the internet and a tunnel
      make two rulesets.`,
    },
  },
  find(input) {
    const { before, after, isSame } = viewOf(input);
    return families.flatMap(family => {
      const uses = usesOfFile(input, family);
      if (uses.length === 0) return [];
      const wans = new Set(after.wan(family).map(({ iface }) => iface.name));
      const [now, earlier] = [usersOf(after, family), usersOf(before, family)];
      const told = new Set<string>();
      return uses.flatMap(use => {
        const users = now.get(use.ruleset) ?? [];
        const uplinks = users.filter(name => wans.has(name));
        if (uplinks.length > 0)
          return once(told, `${use.ruleset} ${use.tunnel}`, () => ofInternet(input, use, uplinks));
        // between tunnels it is often meant, so it is reported when it is news
        const isNews = !isSame('interfaces') && String(users) !== String(earlier.get(use.ruleset) ?? []);
        if (users.length < 2 || !isNews) return [];
        return once(told, use.ruleset, () => ofTunnels(input, use, users));
      });
    });
  },
};

function once(told: Set<string>, key: string, make: () => Finding): Finding[] {
  if (told.has(key)) return [];
  told.add(key);
  return [make()];
}

function usesOfFile({ site }: CheckInput, family: Family): Use[] {
  const node = family === 4 ? 'ipv4' : 'ipv6';
  return site.tunnels.flatMap(({ name: tunnel, at, firewall }) =>
    (['in', 'local'] as const).flatMap(direction => {
      const ruleset = firewall[direction][node];
      return ruleset === undefined ? [] : [{ ruleset, tunnel, at: [...at, 'firewall', direction, node] }];
    }),
  );
}

const ofInternet = (input: CheckInput, { ruleset, tunnel, at }: Use, uplinks: readonly string[]): Finding =>
  finding(input, at, {
    code: 'EW346',
    severity: 'warning',
    message: `${ruleset} filters ${tunnel} and what comes from the internet at ${listed(uplinks)}: a rule for the one opens the other`,
    hint: `give ${tunnel} a ruleset of its own`,
  });

const most = 6;

function ofTunnels(input: CheckInput, { ruleset, at }: Use, users: readonly string[]): Finding {
  const names = [...users].sort(byVersion);
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
  return finding(input, at, {
    code: 'EW346',
    severity: 'note',
    message: `${ruleset} filters ${listed(shown)}: what it lets pass for one it lets pass for all`,
    hint: 'let its rules name the source, or give each a ruleset of its own',
  });
}

/** Interfaces by the ruleset that they name in any direction. */
function usersOf({ ifaces }: Side, family: Family): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const iface of ifaces)
    for (const direction of ['in', 'out', 'local'] as const) {
      const stage = attachedTo(iface, direction, family);
      if (stage !== undefined) found.set(stage.name, (found.get(stage.name) ?? new Set()).add(iface.name));
    }
  return new Map([...found].map(([name, users]) => [name, [...users]]));
}
