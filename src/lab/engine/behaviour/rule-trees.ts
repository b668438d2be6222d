// The four kinds of rulesets.

export const trees = ['name', 'modify', 'ipv6-name', 'ipv6-modify'] as const;

export type RuleTree = (typeof trees)[number];
