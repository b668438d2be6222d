// `dns`: which tunnels the router's DNS forwarder listens on.
import { interfaceName } from '../grammar/names.ts';
import { listOf, word } from './leaf.ts';
import { z } from './shape.ts';

const tunnelsOf = (description: string) =>
  listOf(word(interfaceName, 'A tunnel of the file.'), description).optional();

export const dns = z
  .strictObject({
    listenOn: tunnelsOf('Tunnels that it listens on, beside the interfaces that the router has there.'),
    exceptInterface: tunnelsOf(
      "Tunnels that it doesn't listen on, where the router lists exceptions in place of interfaces.",
    ),
  })
  .meta({
    description:
      "The router's DNS forwarder (service dns forwarding) on tunnels. Without it what the router has there stays.",
  });
