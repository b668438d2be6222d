// What the router says of a prefix that names an address inside its network (check_prefix_boundary).
import { parseInterfaceAddress, printAddress } from '../../../wireguard/prefix.ts';

/** Host bits must be zero: the router names the network that was meant. */
export function boundaryProblem(text: string): string | undefined {
  const address = parseInterfaceAddress(text);
  if (address === undefined || address.address === address.first) return undefined;
  const network = printAddress(address.family, address.first);
  return `Prefix not on a natural network boundary.Did you mean ${network}?`;
}
