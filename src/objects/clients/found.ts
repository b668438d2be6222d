// Clients that a running configuration has, in the words of the file.
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Said } from './kinds.ts';
import type { RuleThere } from './rules-there.ts';
import { networksOf, rangeOf } from './sources.ts';

export interface Found {
  readonly name: string;
  readonly data: {
    address?: string;
    group?: string;
    interface?: string;
    destinations?: string[];
    destinationGroup?: string;
    rule?: number;
  };
  readonly rules: RuleThere[];
}

/** What a rule of a ruleset at several interfaces says of all that comes in by one. */
export const isNetworkOf = (iface: Interface, address: string | undefined): boolean => {
  const [first, ...more] = networksOf(iface);
  const [said] = address === undefined ? [] : (rangeOf(address) ?? []);
  return more.length === 0 && first !== undefined && first[0] === said?.[0] && first[1] === said[1];
};

export function saidOf(end: Said | undefined): Found['data'] | undefined {
  const group = end?.group?.address ?? end?.group?.network;
  if (end?.address !== undefined) return { address: end.address };
  return group === undefined ? undefined : { group };
}

export function addDestination(data: Found['data'], end: Said | undefined): void {
  const group = end?.group?.address ?? end?.group?.network;
  if (group !== undefined) data.destinationGroup = group;
  if (end?.address !== undefined) data.destinations = [...(data.destinations ?? []), asPrefix(end.address)];
}

/** A destination is a prefix in the file. */
const asPrefix = (text: string): string => (/^[\d.]+$/.test(text) ? `${text}/32` : text);

export const isSameSource = (a: Found['data'], b: Found['data']): boolean =>
  a.address === b.address && a.group === b.group && a.interface === b.interface;

/** A name of somebody's own, in the characters that the file takes for one. */
export function nameFrom({ description, number }: RuleThere): string {
  const words = (description ?? '').replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return words === '' ? `rule-${number}` : words.slice(0, 40);
}

export const short = (data: Found['data']): unknown =>
  Object.keys(data).length === 1 && data.address !== undefined ? data.address : data;
